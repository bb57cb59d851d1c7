// Two documents in one (CVE-2022-39353).
import { attack, forge, unsigned } from './harness.ts'

attack('xml-two-roots, the genuine one first', {
  message: ({ genuine }) => genuine + forge(unsigned(genuine)),
  code: 'xml_malformed',
})

attack('xml-two-roots, the forged one first', {
  message: ({ genuine }) => forge(unsigned(genuine)) + genuine,
  code: 'xml_malformed',
})

attack('xml-two-roots, an empty one first', {
  message: ({ genuine }) => `<a/>${genuine}`,
  code: 'xml_malformed',
})
