// Gathers the tables of HISTORY for drizzle-kit, the schema check and tests, as schema.ts gathers
// those of DB.
export * from '../../login/history/tables.ts'
