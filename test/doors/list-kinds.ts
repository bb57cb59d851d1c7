// Lists of people as tools export them. What is taken is named by the column of the addresses, and
// how many it has.
import { kindsOf, latin1, refused, taken, utf16 } from './kind.ts'

const list = (column: string, rows: number) => taken({ column, rows })

export const LIST_KINDS = kindsOf([
  [
    'Google Workspace',
    'First Name [Required],Last Name [Required],Work Address,Password [Required],Recovery Email\n' +
      'Eve,Hall,eve@corp.example,****,eve@home.example\nFay,Lund,fay@corp.example,****,\n',
    list('Work Address', 2),
  ],
  [
    'PowerShell 5',
    '#TYPE Selected.ADUser\n"Name","mail","UserPrincipalName"\n"Eve","eve@corp.example","eve@corp.local"\n',
    list('mail', 1),
  ],
  ['Excel', 'sep=;\r\nName;E-Mail\r\nEve;eve@corp.example\r\n', list('E-Mail', 1)],
  [
    'a payroll report',
    'Legal First Name,Work Contact: Work Email,Personal Contact: Personal Email\n' +
      'Eve,eve@corp.example,eve@home.example\n',
    list('Work Contact: Work Email', 1),
  ],
  [
    'headers in German, windows-1252',
    latin1('Vorname;Geschäftliche E-Mail-Adresse\nÄnne;eve@corp.example\n'),
    list('Geschäftliche E-Mail-Adresse', 1),
  ],
  ['UTF-16 with tabs', utf16('Name\tE-Mail\nEve\teve@corp.example\n'), list('E-Mail', 1)],
  [
    'Microsoft Entra',
    'version:v1.0\ndisplayName,mail,userPrincipalName\nEve,eve@corp.example,eve@corp.onmicrosoft.example\n',
    list('mail', 1),
  ],
  [
    'Okta',
    'User Id,First name,Login,Primary email,Status\n1,Eve,eveh,eve@corp.example,ACTIVE\n',
    list('Primary email', 1),
  ],
  [
    'a row with quotes that are not doubled',
    'Name,Email\nEve,eve@corp.example\n"Fay" Lund,fay@corp.example\nGus,gus@corp.example\n',
    refused('file_row', 'line 3'),
  ],
  [
    'a quote that is not closed',
    'Name,Email\n"Eve,eve@corp.example\n',
    refused('file_row', 'line 2'),
  ],
  ['a web page', '<!doctype html><html>eve@corp.example', refused('file_other', 'a web page')],
  ['JSON', '[{"mail":"eve@corp.example"}]', refused('file_other', 'JSON')],
  [
    'an Excel workbook',
    latin1(`PK\u0003\u0004${'\0'.repeat(26)}[Content_Types].xml`),
    refused('file_other', 'a Microsoft Office file'),
  ],
  [
    'a compressed file',
    latin1('\u001f\u008b\u0008\u0000eve'),
    refused('file_other', 'a compressed file'),
  ],
])
