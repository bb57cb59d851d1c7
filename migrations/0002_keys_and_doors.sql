CREATE TABLE `api_keys` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_secret` ON `api_keys` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `api_keys_tenant` ON `api_keys` (`tenant_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `console_sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `console_sessions_expires` ON `console_sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key_hash` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`subject_sid` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `key_pairs` (
	`fingerprint` text PRIMARY KEY NOT NULL,
	`stage` text NOT NULL,
	`certificate` text NOT NULL,
	`encrypted_private_key` text NOT NULL,
	`not_after` integer NOT NULL,
	`warned_days` integer,
	`created_at` integer NOT NULL,
	`activated_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `key_pairs_stage` ON `key_pairs` (`stage`);--> statement-breakpoint
CREATE TABLE `metadata_sources` (
	`connection_sid` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`signing_certificate` text,
	`etag` text,
	`last_modified` text,
	`digest` text,
	`difference` text,
	`missing` text,
	`fetched_at` integer,
	`failure` text,
	`refresh_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `metadata_sources_due` ON `metadata_sources` (`refresh_at`);--> statement-breakpoint
CREATE TABLE `quarantined_certificates` (
	`connection_sid` text NOT NULL,
	`fingerprint` text NOT NULL,
	`certificate` text NOT NULL,
	`refused_at` integer,
	`last_seen_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `fingerprint`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `setup_links` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`name` text NOT NULL,
	`capabilities` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `setup_links_secret` ON `setup_links` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `setup_links_connection` ON `setup_links` (`connection_sid`,`created_at`);--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`spent_at` integer
);
--> statement-breakpoint
CREATE INDEX `sign_in_links_expires` ON `sign_in_links` (`expires_at`);--> statement-breakpoint
DROP INDEX `connections_tenant`;--> statement-breakpoint
ALTER TABLE `connections` ADD `brand` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `reachability` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `reachability_checked_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `last_login_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `metadata_fetched_at` integer;--> statement-breakpoint
CREATE INDEX `connections_created` ON `connections` (`created_at`);--> statement-breakpoint
CREATE INDEX `connections_reachability` ON `connections` (`reachability_checked_at`);--> statement-breakpoint
CREATE INDEX `connections_tenant` ON `connections` (`tenant_sid`,`created_at`);--> statement-breakpoint
DROP INDEX `users_connection`;--> statement-breakpoint
CREATE INDEX `users_tenant` ON `users` (`tenant_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `users_connection` ON `users` (`connection_sid`,`created_at`);--> statement-breakpoint
ALTER TABLE `certificates` ADD `not_after` integer;--> statement-breakpoint
ALTER TABLE `certificates` ADD `last_used_at` integer;--> statement-breakpoint
ALTER TABLE `certificates` ADD `warned_days` integer;--> statement-breakpoint
CREATE INDEX `certificates_not_after` ON `certificates` (`not_after`);--> statement-breakpoint
CREATE INDEX `events_created` ON `events` (`created_at`);--> statement-breakpoint
CREATE INDEX `tenants_created` ON `tenants` (`created_at`);