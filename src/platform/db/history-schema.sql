-- The schema of record: what a database has when all migrations are applied. docs/schema.md says how to change it.
-- Tables and indexes, written by `npm run db:generate` from the tables.ts of each folder.

CREATE TABLE `attempt_details` (
	`connection_sid` text NOT NULL,
	`ring` text NOT NULL,
	`sid` text NOT NULL,
	`bytes` integer NOT NULL,
	`revision` integer NOT NULL,
	`certificate_fingerprint` text,
	`checks` text NOT NULL,
	`message` text,
	PRIMARY KEY(`connection_sid`, `ring`, `sid`)
) WITHOUT ROWID;

CREATE TABLE `attempts` (
	`sid` text PRIMARY KEY NOT NULL,
	`connection_sid` text NOT NULL,
	`ring` text,
	`ring_number` integer,
	`code` text,
	`user_sid` text,
	`idp_initiated` integer DEFAULT false NOT NULL,
	`is_test` integer DEFAULT false NOT NULL,
	`verify_micros` integer,
	`clock_offset` integer,
	`revision` integer,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX `attempts_connection` ON `attempts` (`connection_sid`,`sid`);
CREATE UNIQUE INDEX `attempts_ring` ON `attempts` (`connection_sid`,`ring`,`ring_number`) WHERE "attempts"."ring" IS NOT NULL;
CREATE INDEX `attempts_user` ON `attempts` (("created_at" >> 28),`user_sid`,`sid`) WHERE "attempts"."user_sid" IS NOT NULL;

CREATE TABLE `daily_logins` (
	`day` integer NOT NULL,
	`connection_sid` text NOT NULL,
	`code` text NOT NULL,
	`logins` integer NOT NULL,
	PRIMARY KEY(`day`, `connection_sid`, `code`)
) WITHOUT ROWID;

CREATE TABLE `hourly_logins` (
	`hour` integer NOT NULL,
	`code` text NOT NULL,
	`logins` integer NOT NULL,
	PRIMARY KEY(`hour`, `code`)
);

CREATE TABLE `test_values` (
	`sid` text PRIMARY KEY NOT NULL,
	`said` text NOT NULL
);

-- Views and triggers, written by hand. `npm run db:generate` makes the migration.
