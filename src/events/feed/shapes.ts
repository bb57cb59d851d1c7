// Events in the form that other systems take. Pure.

/** What these systems sort by. */
type Shaped = {
  type: string
  tenantSid: string | null
  /** When it happened, ISO 8601. */
  timestamp: string
}

const SOURCE = 'gatepost'

/** An event of Splunk's HTTP Event Collector: `time` is in seconds. */
export function toSplunk<T extends Shaped>(event: T, host: string) {
  return {
    time: Date.parse(event.timestamp) / 1000,
    host,
    source: SOURCE,
    sourcetype: 'gatepost:event',
    event,
  }
}

/** A log of Datadog's intake: `ddtags` are comma-separated, and `status` is a level. */
export function toDatadog<T extends Shaped>(event: T, hostname: string) {
  const tags = [`type:${event.type}`, ...(event.tenantSid ? [`tenant:${event.tenantSid}`] : [])]
  return {
    ddsource: SOURCE,
    service: SOURCE,
    hostname,
    ddtags: tags.join(','),
    status: event.type.endsWith('.refused') ? 'warn' : 'info',
    timestamp: Date.parse(event.timestamp),
    message: event.type,
    event,
  }
}
