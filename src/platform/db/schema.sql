-- The schema of record: what a database has when all migrations are applied. docs/schema.md says how to change it.
-- Tables and indexes, written by `npm run db:generate` from the tables.ts of each folder.

CREATE TABLE `accounts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`external_id` text,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "accounts_never_of_probe" CHECK("accounts"."tenant_sid" <> 'TN000000000000000000000070726f6265')
);
CREATE UNIQUE INDEX `accounts_external_id` ON `accounts` (`tenant_sid`,`external_id`);
CREATE INDEX `accounts_tenant` ON `accounts` (`tenant_sid`);

CREATE TABLE `address_claims` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`source` text NOT NULL,
	`email_key` text NOT NULL,
	`user_sid` text NOT NULL,
	`held_external_id` text NOT NULL,
	`external_id` text NOT NULL,
	`name` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE UNIQUE INDEX `address_claims_source` ON `address_claims` (`tenant_sid`,`source`,`email_key`);
CREATE INDEX `address_claims_tenant` ON `address_claims` (`tenant_sid`,`created_at`);
CREATE INDEX `address_claims_user` ON `address_claims` (`user_sid`);

CREATE TABLE `aliases` (
	`connection_sid` text NOT NULL,
	`email_key` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `email_key`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "aliases_never_of_probe" CHECK("aliases"."connection_sid" IS NOT 'CN000000000000000000000070726f6265')
);
CREATE INDEX `aliases_email` ON `aliases` (`email_key`);
CREATE INDEX `aliases_user` ON `aliases` (`user_sid`);

CREATE TABLE `api_keys` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`operator_sid` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at`);
CREATE INDEX `api_keys_expires` ON `api_keys` (`expires_at`);
CREATE INDEX `api_keys_operator` ON `api_keys` (`operator_sid`);
CREATE UNIQUE INDEX `api_keys_secret` ON `api_keys` (`secret_hash`);
CREATE INDEX `api_keys_tenant` ON `api_keys` (`tenant_sid`,`created_at`);

CREATE TABLE `app_sessions` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`client_sid` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`connection_sid`, `user_sid`, `client_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
CREATE INDEX `app_sessions_expires` ON `app_sessions` (`expires_at`);

CREATE TABLE `awaited_proofs` (
	`user_sid` text PRIMARY KEY NOT NULL,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `break_glass` (
	`tenant_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`reason` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	`grace_hours` integer DEFAULT 72 NOT NULL,
	`kept_until` integer,
	`kept_because` text,
	`told_of_kept` integer,
	`drill_days` integer DEFAULT 90 NOT NULL,
	`drill_at` integer,
	`drilled_at` integer,
	`password_until` integer,
	`handover_hash` text,
	PRIMARY KEY(`tenant_sid`, `user_sid`),
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `break_glass_drill` ON `break_glass` (`drill_at`) WHERE drill_at IS NOT NULL;
CREATE INDEX `break_glass_kept` ON `break_glass` (`kept_until`) WHERE kept_until IS NOT NULL;

CREATE TABLE `certificates` (
	`connection_sid` text NOT NULL,
	`fingerprint` text NOT NULL,
	`certificate` text NOT NULL,
	`subject` text NOT NULL,
	`algorithm` text NOT NULL,
	`spki` text NOT NULL,
	`not_after` integer,
	`last_used_at` integer,
	`warned_days` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `fingerprint`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `certificates_not_after` ON `certificates` (`not_after`);

CREATE TABLE `client_origins` (
	`origin` text NOT NULL,
	`client_sid` text NOT NULL,
	PRIMARY KEY(`origin`, `client_sid`),
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `client_origins_client` ON `client_origins` (`client_sid`);

CREATE TABLE `clients` (
	`sid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`client_type` text NOT NULL,
	`secret_hash` text,
	`previous_secret_hash` text,
	`previous_secret_until` integer,
	`redirect_uris` text NOT NULL,
	`post_logout_redirect_uris` text DEFAULT '[]' NOT NULL,
	`password_login_url` text,
	`initiate_login_uri` text,
	`backchannel_logout_uri` text,
	`session_days` integer DEFAULT 0 NOT NULL,
	`refresh_tokens` text DEFAULT 'offline_access' NOT NULL,
	`access_token_seconds` integer DEFAULT 3600 NOT NULL,
	`id_token_signed_response_alg` text DEFAULT 'RS256' NOT NULL,
	`pkce` text DEFAULT 'required' NOT NULL,
	`unprotected_code_at` integer,
	`is_default` integer DEFAULT false NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
CREATE INDEX `clients_created` ON `clients` (`created_at`);
CREATE UNIQUE INDEX `clients_default` ON `clients` (`is_default`) WHERE is_default = 1;

CREATE TABLE `conditions` (
	`name` text NOT NULL,
	`subject` text NOT NULL,
	`since` integer NOT NULL,
	`times` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`name`, `subject`)
) WITHOUT ROWID;

CREATE TABLE `connections` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`name` text NOT NULL,
	`purpose` text DEFAULT 'login' NOT NULL,
	`state` text NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`entity_id` text NOT NULL,
	`sso_redirect_url` text,
	`sso_post_url` text,
	`request_binding` text DEFAULT 'HTTP-Redirect' NOT NULL,
	`sign_requests` integer DEFAULT true NOT NULL,
	`force_authn` integer DEFAULT false NOT NULL,
	`name_id_format` text,
	`requested_authn_context` text,
	`require_authn_context` integer DEFAULT false NOT NULL,
	`idp_initiated` text DEFAULT 'restart' NOT NULL,
	`logout_redirect_url` text,
	`attribute_mapping` text,
	`optional_names` text DEFAULT '[]' NOT NULL,
	`allow` text DEFAULT '[]' NOT NULL,
	`clock_skew_seconds` integer DEFAULT 60 NOT NULL,
	`maximum_authn_age_minutes` integer,
	`revocation_issuer` text,
	`revocation_keys_url` text,
	`end_sessions_on` text DEFAULT '["suspension","draft","certificate"]' NOT NULL,
	`newcomers` text DEFAULT 'password' NOT NULL,
	`newcomers_per_hour` integer,
	`preset` text,
	`suspended_from` text,
	`suspended_revision` integer,
	`reachability` text,
	`reachability_checked_at` integer,
	`last_login_at` integer,
	`tried_revision` integer,
	`metadata_fetched_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "clock_skew" CHECK("connections"."clock_skew_seconds" BETWEEN 0 AND 300),
	CONSTRAINT "newcomers_per_hour" CHECK("connections"."newcomers_per_hour" BETWEEN 1 AND 10000),
	CONSTRAINT "probe_is_one" CHECK(("connections"."purpose" = 'probe') = ("connections"."sid" = 'CN000000000000000000000070726f6265')),
	CONSTRAINT "probe_has_its_tenant" CHECK(("connections"."purpose" = 'probe') = ("connections"."tenant_sid" = 'TN000000000000000000000070726f6265')),
	CONSTRAINT "probe_creates_nobody" CHECK("connections"."purpose" = 'login' OR ("connections"."newcomers" = 'password'
        AND "connections"."newcomers_per_hour" IS NULL AND "connections"."idp_initiated" = 'refuse'
        AND "connections"."revocation_issuer" IS NULL)),
	CONSTRAINT "authn_age" CHECK("connections"."maximum_authn_age_minutes" BETWEEN 1 AND 525600)
);
CREATE INDEX `connections_created` ON `connections` (`created_at`);
CREATE INDEX `connections_reachability` ON `connections` (`reachability_checked_at`);
CREATE INDEX `connections_tenant` ON `connections` (`tenant_sid`,`created_at`);

CREATE TABLE `console_sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`operator_sid` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`operator_sid`) REFERENCES `operators`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
CREATE INDEX `console_sessions_expires` ON `console_sessions` (`expires_at`);
CREATE INDEX `console_sessions_operator` ON `console_sessions` (`operator_sid`);

CREATE TABLE `contacts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text,
	`role` text NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`muted` text NOT NULL,
	`unsubscribe_key` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE UNIQUE INDEX `contacts_address` ON `contacts` (`tenant_sid`,`role`,`email_key`);
CREATE UNIQUE INDEX `contacts_operator` ON `contacts` (`email_key`) WHERE tenant_sid IS NULL;
CREATE INDEX `contacts_tenant` ON `contacts` (`tenant_sid`,`created_at`);
CREATE UNIQUE INDEX `contacts_unsubscribe` ON `contacts` (`unsubscribe_key`);

CREATE TABLE `domains` (
	`tenant_sid` text NOT NULL,
	`domain` text NOT NULL,
	`token` text NOT NULL,
	`connection_sid` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`checked_at` integer,
	`failure` text,
	`verified_at` integer,
	`verified_by` text,
	`reason` text,
	`missing_since` integer,
	PRIMARY KEY(`tenant_sid`, `domain`),
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "domains_never_of_probe" CHECK(("domains"."tenant_sid" <> 'TN000000000000000000000070726f6265' and "domains"."connection_sid" IS NOT 'CN000000000000000000000070726f6265'))
);
CREATE INDEX `domains_checked` ON `domains` (`checked_at`);
CREATE UNIQUE INDEX `domains_verified` ON `domains` (`domain`) WHERE verified_at IS NOT NULL;

CREATE TABLE `erasures` (
	`sid` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject_sid` text NOT NULL,
	`tenant_sid` text,
	`requested_by` text NOT NULL,
	`step` text NOT NULL,
	`position` text DEFAULT '' NOT NULL,
	`round` integer DEFAULT 1 NOT NULL,
	`due_at` integer NOT NULL,
	`sought` text,
	`removed` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
CREATE INDEX `erasures_created` ON `erasures` (`created_at`);
CREATE INDEX `erasures_due` ON `erasures` (`due_at`) WHERE finished_at IS NULL;
CREATE UNIQUE INDEX `erasures_subject` ON `erasures` (`subject_sid`);

CREATE TABLE `event_chain` (
	`event_seq` integer PRIMARY KEY NOT NULL,
	`chain` text NOT NULL,
	`number` integer NOT NULL,
	`digest` text NOT NULL,
	`previous` text NOT NULL,
	`hash` text NOT NULL,
	FOREIGN KEY (`event_seq`) REFERENCES `events`(`seq`) ON UPDATE no action ON DELETE no action
);
CREATE UNIQUE INDEX `event_chain_number` ON `event_chain` (`chain`,`number`);

CREATE TABLE `event_checkpoints` (
	`chain` text NOT NULL,
	`kind` text NOT NULL,
	`number` integer NOT NULL,
	`event_seq` integer NOT NULL,
	`hash` text NOT NULL,
	`signature` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`chain`, `kind`)
) WITHOUT ROWID;

CREATE TABLE `event_details` (
	`event_seq` integer PRIMARY KEY NOT NULL,
	`salt` text NOT NULL,
	`personal` text NOT NULL,
	FOREIGN KEY (`event_seq`) REFERENCES `events`(`seq`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`sid` text NOT NULL,
	`tenant_sid` text,
	`connection_sid` text,
	`type` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`subject_sid` text NOT NULL,
	`mails` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL
);
CREATE UNIQUE INDEX `events_sid` ON `events` (`sid`);
CREATE INDEX `events_subject` ON `events` (`subject_sid`);
CREATE INDEX `events_tenant` ON `events` (`tenant_sid`);

CREATE TABLE `exceptions` (
	`user_sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`reason` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `exceptions_expires` ON `exceptions` (`expires_at`);
CREATE INDEX `exceptions_tenant` ON `exceptions` (`tenant_sid`,`created_at`,`user_sid`);

CREATE TABLE `failed_guesses` (
	`bucket` integer PRIMARY KEY NOT NULL,
	`minute` integer NOT NULL,
	`wrong` integer NOT NULL
);

CREATE TABLE `grants` (
	`session_sid` text NOT NULL,
	`secret_hash` text NOT NULL,
	`client_sid` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`scope` text NOT NULL,
	`nonce` text,
	`code_challenge` text,
	`code_expires_at` integer NOT NULL,
	`spent_at` integer,
	`spent_by` text,
	`ended_at` integer,
	`access_revoked_at` integer,
	`refresh_number` integer DEFAULT 0 NOT NULL,
	`refreshed_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`session_sid`, `secret_hash`),
	FOREIGN KEY (`session_sid`) REFERENCES `sessions`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;

CREATE TABLE `idempotency_keys` (
	`key_hash` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`subject_sid` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);

CREATE TABLE `idp_users` (
	`connection_sid` text NOT NULL,
	`email_key` text NOT NULL,
	`upload` text NOT NULL,
	`earlier` text,
	`saved` text,
	PRIMARY KEY(`connection_sid`, `email_key`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `imports` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`name` text NOT NULL,
	`digest` text,
	`position` integer DEFAULT 0 NOT NULL,
	`created` integer DEFAULT 0 NOT NULL,
	`updated` integer DEFAULT 0 NOT NULL,
	`unchanged` integer DEFAULT 0 NOT NULL,
	`refused` integer DEFAULT 0 NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `imports_finished` ON `imports` (`finished_at`) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX `imports_open` ON `imports` (`tenant_sid`,`digest`) WHERE finished_at IS NULL;
CREATE INDEX `imports_tenant` ON `imports` (`tenant_sid`,`created_at`);

CREATE TABLE `job_runs` (
	`job` text PRIMARY KEY NOT NULL,
	`every_seconds` integer NOT NULL,
	`known_at` integer NOT NULL,
	`succeeded_at` integer,
	`failed_at` integer,
	`milliseconds` integer,
	`backlog` text
);

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
CREATE UNIQUE INDEX `key_pairs_stage` ON `key_pairs` (`stage`);

CREATE TABLE `login_codes` (
	`name` text PRIMARY KEY NOT NULL,
	`code_hash` text NOT NULL,
	`attempt_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`revision` integer NOT NULL,
	`user_sid` text NOT NULL,
	`principal` text NOT NULL,
	`certificate` text DEFAULT '' NOT NULL,
	`expires_at` integer NOT NULL,
	`spent_by` text,
	CONSTRAINT "login_codes_never_of_probe" CHECK("login_codes"."connection_sid" IS NOT 'CN000000000000000000000070726f6265')
) WITHOUT ROWID;

CREATE TABLE `logout_deliveries` (
	`sid` text PRIMARY KEY NOT NULL,
	`client_sid` text NOT NULL,
	`session_sid` text,
	`user_sid` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`failure` text,
	`sent_at` integer,
	`dead_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
CREATE INDEX `logout_deliveries_client` ON `logout_deliveries` (`client_sid`,`sid`);
CREATE INDEX `logout_deliveries_dead` ON `logout_deliveries` (`created_at`) WHERE dead_at IS NOT NULL;
CREATE INDEX `logout_deliveries_due` ON `logout_deliveries` (`due_at`) WHERE due_at IS NOT NULL;
CREATE INDEX `logout_deliveries_sent` ON `logout_deliveries` (`sent_at`) WHERE sent_at IS NOT NULL;

CREATE TABLE `mail_letters` (
	`mail_sid` text PRIMARY KEY NOT NULL,
	`to` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`html` text NOT NULL,
	`headers` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`mail_sid`) REFERENCES `mails`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `mail_letters_created` ON `mail_letters` (`created_at`);

CREATE TABLE `mails` (
	`sid` text PRIMARY KEY NOT NULL,
	`cause` text NOT NULL,
	`template` text NOT NULL,
	`about` text NOT NULL,
	`tenant_sid` text,
	`shown_address` text NOT NULL,
	`receiver_hash` text NOT NULL,
	`outcome` text NOT NULL,
	`code` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `mails_created` ON `mails` (`created_at`);
CREATE UNIQUE INDEX `mails_once` ON `mails` (`cause`,`template`,`receiver_hash`);
CREATE INDEX `mails_open` ON `mails` (`changed_at`) WHERE outcome IN ('waiting', 'sending', 'unclear', 'failed');
CREATE INDEX `mails_receiver` ON `mails` (`receiver_hash`,`template`,`about`,`created_at`);
CREATE INDEX `mails_tenant` ON `mails` (`tenant_sid`,`created_at`);

CREATE TABLE `memberships` (
	`account_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	PRIMARY KEY(`account_sid`, `user_sid`),
	FOREIGN KEY (`account_sid`) REFERENCES `accounts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `memberships_user` ON `memberships` (`user_sid`);

CREATE TABLE `metadata_sources` (
	`connection_sid` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`signing_certificate` text,
	`etag` text,
	`last_modified` text,
	`digest` text,
	`difference` text,
	`missing` text,
	`left_out` text,
	`fetched_at` integer,
	`failure` text,
	`refresh_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `metadata_sources_due` ON `metadata_sources` (`refresh_at`);

CREATE TABLE `moves` (
	`user_sid` text PRIMARY KEY NOT NULL,
	`connection_sid` text NOT NULL,
	`rollout_sid` text,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`rollout_sid`) REFERENCES `rollouts`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "moves_never_of_probe" CHECK("moves"."connection_sid" IS NOT 'CN000000000000000000000070726f6265')
) WITHOUT ROWID;
CREATE INDEX `moves_connection` ON `moves` (`connection_sid`);

CREATE TABLE `name_ids` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`entity_id` text NOT NULL,
	`kind` text NOT NULL,
	`format` text NOT NULL,
	`name_id` text,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`refused_hash` text,
	`refused_at` integer,
	PRIMARY KEY(`connection_sid`, `user_sid`, `entity_id`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "name_ids_never_of_probe" CHECK("name_ids"."connection_sid" IS NOT 'CN000000000000000000000070726f6265')
) WITHOUT ROWID;
CREATE UNIQUE INDEX `name_ids_value` ON `name_ids` (`connection_sid`,`entity_id`,`name_id`);

CREATE TABLE `newcomer_counts` (
	`connection_sid` text PRIMARY KEY NOT NULL,
	`hour` integer NOT NULL,
	`created` integer NOT NULL,
	`limited_at` integer,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `operators` (
	`sid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`role` text NOT NULL,
	`signs_in_by` text DEFAULT 'any' NOT NULL,
	`idp_binding` text,
	`email_verified_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`last_signed_in_at` integer,
	`removed_at` integer
);
CREATE INDEX `operators_created` ON `operators` (`created_at`);
CREATE UNIQUE INDEX `operators_email` ON `operators` (`email_key`) WHERE removed_at IS NULL;

CREATE TABLE `outbox` (
	`sid` text PRIMARY KEY NOT NULL,
	`event_sid` text NOT NULL,
	`channel` text NOT NULL,
	`target` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer NOT NULL,
	`leased_until` integer DEFAULT 0 NOT NULL,
	`event` text,
	`outcome` text,
	`last_error` text,
	`created_at` integer NOT NULL,
	`expires_at` integer
);
CREATE INDEX `outbox_dead` ON `outbox` (`created_at`) WHERE outcome = 'dead';
CREATE INDEX `outbox_due` ON `outbox` (`target`,`next_at`) WHERE outcome IS NULL;
CREATE UNIQUE INDEX `outbox_event` ON `outbox` (`event_sid`,`channel`,`target`);
CREATE INDEX `outbox_expires` ON `outbox` (`expires_at`) WHERE expires_at IS NOT NULL;
CREATE INDEX `outbox_target` ON `outbox` (`target`,`created_at`);
CREATE INDEX `outbox_target_dead` ON `outbox` (`target`,`created_at`) WHERE outcome = 'dead';

CREATE TABLE `pending_changes` (
	`sid` text PRIMARY KEY NOT NULL,
	`connection_sid` text NOT NULL,
	`fields` text NOT NULL,
	`certificates` text NOT NULL,
	`removed` text NOT NULL,
	`compromised` integer DEFAULT false NOT NULL,
	`proposed_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `pending_changes_connection` ON `pending_changes` (`connection_sid`,`created_at`);

CREATE TABLE `proofs` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`entity_id` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "proofs_never_of_probe" CHECK("proofs"."connection_sid" IS NOT 'CN000000000000000000000070726f6265')
) WITHOUT ROWID;

CREATE TABLE `quarantined_certificates` (
	`connection_sid` text NOT NULL,
	`fingerprint` text NOT NULL,
	`certificate` text NOT NULL,
	`subject` text NOT NULL,
	`algorithm` text NOT NULL,
	`spki` text NOT NULL,
	`refused_at` integer,
	`last_seen_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `fingerprint`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `recovery_codes` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_at` integer NOT NULL,
	`spent_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `recovery_codes_spent` ON `recovery_codes` (`spent_at`) WHERE spent_at IS NOT NULL;
CREATE INDEX `recovery_codes_user` ON `recovery_codes` (`user_sid`);

CREATE TABLE `revocation_sources` (
	`connection_sid` text PRIMARY KEY NOT NULL,
	`keys_url` text,
	`key_set` text,
	`fetched_at` integer,
	`asked_at` integer,
	`failure` text,
	`accepted_at` integer,
	`refused_at` integer,
	`refused_because` text,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `rollout_members` (
	`rollout_sid` text NOT NULL,
	`version` integer NOT NULL,
	`user_sid` text NOT NULL,
	`email_key` text DEFAULT '' NOT NULL,
	`findings` text NOT NULL,
	`included` integer NOT NULL,
	`blocked_by` text,
	`reason` text,
	`decided_by` text,
	`enabled_at` integer,
	`informed_at` integer,
	`enforced_at` integer,
	`earlier_method` text,
	`skipped` text,
	PRIMARY KEY(`rollout_sid`, `version`, `user_sid`),
	FOREIGN KEY (`rollout_sid`) REFERENCES `rollouts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `rollout_members_email` ON `rollout_members` (`rollout_sid`,`version`,`email_key`,`user_sid`);
CREATE INDEX `rollout_members_user` ON `rollout_members` (`user_sid`);

CREATE TABLE `rollout_selections` (
	`rollout_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	PRIMARY KEY(`rollout_sid`, `user_sid`),
	FOREIGN KEY (`rollout_sid`) REFERENCES `rollouts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `rollouts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`from_connection_sid` text,
	`name` text NOT NULL,
	`selectors` text NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	`frozen` integer DEFAULT false NOT NULL,
	`version_at` integer,
	`foreign_users` integer DEFAULT 0 NOT NULL,
	`cursors` text DEFAULT '{}' NOT NULL,
	`reviewed_version` integer,
	`reviewed_by` text,
	`enabled_version` integer,
	`informed_version` integer,
	`uninformed_reason` text,
	`approved_version` integer,
	`approved_by` text,
	`scope` text DEFAULT 'proved' NOT NULL,
	`locked_out` integer DEFAULT 0 NOT NULL,
	`enforce_at` integer,
	`enforced_version` integer,
	`rolled_back_at` integer,
	`notice` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`from_connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `rollouts_connection` ON `rollouts` (`connection_sid`,`created_at`);
CREATE INDEX `rollouts_due` ON `rollouts` (`enforce_at`);
CREATE INDEX `rollouts_tenant` ON `rollouts` (`tenant_sid`,`created_at`);

CREATE TABLE `scim_counts` (
	`tenant_sid` text PRIMARY KEY NOT NULL,
	`created` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `scim_tokens` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "scim_tokens_never_of_probe" CHECK(("scim_tokens"."tenant_sid" <> 'TN000000000000000000000070726f6265' and "scim_tokens"."connection_sid" IS NOT 'CN000000000000000000000070726f6265'))
);
CREATE INDEX `scim_tokens_connection` ON `scim_tokens` (`connection_sid`,`created_at`);
CREATE INDEX `scim_tokens_expires` ON `scim_tokens` (`expires_at`);
CREATE UNIQUE INDEX `scim_tokens_secret` ON `scim_tokens` (`secret_hash`);

CREATE TABLE `scim_users` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`user_name` text NOT NULL,
	`user_name_key` text NOT NULL,
	`external_id` text,
	`is_email_sent` integer DEFAULT false NOT NULL,
	`display_name` text,
	`active` integer NOT NULL,
	`suspended_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `scim_users_external_id` ON `scim_users` (`connection_sid`,`external_id`);
CREATE INDEX `scim_users_suspended` ON `scim_users` (`connection_sid`,`suspended_at`) WHERE suspended_at IS NOT NULL;
CREATE INDEX `scim_users_user` ON `scim_users` (`user_sid`);
CREATE UNIQUE INDEX `scim_users_user_name` ON `scim_users` (`connection_sid`,`user_name_key`);

CREATE TABLE `search_words` (
	`scope` text NOT NULL,
	`word` text NOT NULL,
	`sid` text NOT NULL,
	PRIMARY KEY(`scope`, `word`, `sid`)
) WITHOUT ROWID;
CREATE INDEX `search_words_users` ON `search_words` (`word`,`sid`) WHERE length("search_words"."scope") > 2;

CREATE TABLE `sessions` (
	`sid` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`user_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`attempt_sid` text NOT NULL,
	`principal` text NOT NULL,
	`certificate` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer DEFAULT 0 NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	`ended_because` text,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sessions_never_of_probe" CHECK("sessions"."connection_sid" IS NOT 'CN000000000000000000000070726f6265')
) WITHOUT ROWID;
CREATE INDEX `sessions_connection` ON `sessions` (`connection_sid`,`sid`);
CREATE INDEX `sessions_user` ON `sessions` (`user_sid`,`sid`);

CREATE TABLE `setup_links` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`name` text NOT NULL,
	`capabilities` text NOT NULL,
	`secret_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`invited_by` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "setup_links_never_of_probe" CHECK(("setup_links"."tenant_sid" <> 'TN000000000000000000000070726f6265' and "setup_links"."connection_sid" IS NOT 'CN000000000000000000000070726f6265'))
);
CREATE INDEX `setup_links_connection` ON `setup_links` (`connection_sid`,`created_at`);
CREATE INDEX `setup_links_expires` ON `setup_links` (`expires_at`);
CREATE UNIQUE INDEX `setup_links_secret` ON `setup_links` (`secret_hash`);

CREATE TABLE `sign_in_links` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`operator_sid` text NOT NULL,
	`by_mail` integer DEFAULT false NOT NULL,
	`connection_sid` text,
	`revision` integer,
	`idp_binding` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`spent_at` integer,
	FOREIGN KEY (`operator_sid`) REFERENCES `operators`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
CREATE INDEX `sign_in_links_expires` ON `sign_in_links` (`expires_at`);
CREATE INDEX `sign_in_links_operator` ON `sign_in_links` (`operator_sid`);

CREATE TABLE `sign_offs` (
	`connection_sid` text NOT NULL,
	`revision` integer NOT NULL,
	`side` text NOT NULL,
	`verdict` text NOT NULL,
	`name` text NOT NULL,
	`note` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `revision`, `side`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`algorithm` text NOT NULL,
	`public_key` text NOT NULL,
	`encrypted_private_key` text NOT NULL,
	`signs_at` integer NOT NULL,
	`created_at` integer NOT NULL
);

CREATE TABLE `spent` (
	`connection_sid` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`attempt_sid` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`expires_at`, `connection_sid`, `kind`, `id`)
) WITHOUT ROWID;

CREATE TABLE `tenants` (
	`sid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`plan` text NOT NULL,
	`support_contact` text,
	`customer_changes` text DEFAULT 'wait' NOT NULL,
	`after_sign_out` text DEFAULT 'customer_page' NOT NULL,
	`mass_deactivation` integer DEFAULT 10 NOT NULL,
	`product_name` text,
	`accent_color` text,
	`help_url` text,
	`language` text DEFAULT 'en' NOT NULL,
	`suspended_at` integer,
	`erased_at` integer,
	`created_at` integer NOT NULL
);
CREATE INDEX `tenants_created` ON `tenants` (`created_at`);

CREATE TABLE `testers` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`enabled` integer DEFAULT false NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `turn_cursor` (
	`id` integer PRIMARY KEY NOT NULL,
	`seq` integer DEFAULT 0 NOT NULL,
	`run` integer DEFAULT 0 NOT NULL
);

CREATE TABLE `turns` (
	`subject_sid` text NOT NULL,
	`step` text NOT NULL,
	`side` text NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`began_at` integer NOT NULL,
	PRIMARY KEY(`subject_sid`, `step`),
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `turns_side` ON `turns` (`side`,`began_at`);
CREATE INDEX `turns_tenant` ON `turns` (`tenant_sid`);

CREATE TABLE `user_counts` (
	`tenant_sid` text NOT NULL,
	`sign_in_method` text NOT NULL,
	`users` integer NOT NULL,
	PRIMARY KEY(`tenant_sid`, `sign_in_method`)
) WITHOUT ROWID;

CREATE TABLE `users` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`external_id` text,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`first_name` text,
	`last_name` text,
	`sign_in_method` text DEFAULT 'password' NOT NULL,
	`connection_sid` text,
	`suspended_at` integer,
	`has_password` integer DEFAULT true NOT NULL,
	`signed_in` integer DEFAULT false NOT NULL,
	`import_sid` text,
	`import_row` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sso_needs_a_connection" CHECK(("users"."sign_in_method" = 'password') = ("users"."connection_sid" IS NULL)),
	CONSTRAINT "users_never_of_probe" CHECK(("users"."tenant_sid" <> 'TN000000000000000000000070726f6265' and "users"."connection_sid" IS NOT 'CN000000000000000000000070726f6265'))
);
CREATE INDEX `users_connection` ON `users` (`connection_sid`,`created_at`,`sid`);
CREATE INDEX `users_connection_method` ON `users` (`connection_sid`,`sign_in_method`,`signed_in`,`created_at`,`sid`) WHERE "users"."connection_sid" IS NOT NULL;
CREATE UNIQUE INDEX `users_email` ON `users` (`email_key`);
CREATE UNIQUE INDEX `users_external_id` ON `users` (`tenant_sid`,`external_id`);
CREATE INDEX `users_method` ON `users` (`tenant_sid`,`sign_in_method`,`signed_in`,`created_at`,`sid`);
CREATE INDEX `users_tenant` ON `users` (`tenant_sid`,`created_at`,`sid`);

CREATE TABLE `webhook_endpoint_tenants` (
	`endpoint_sid` text NOT NULL,
	`tenant_sid` text NOT NULL,
	PRIMARY KEY(`endpoint_sid`, `tenant_sid`),
	FOREIGN KEY (`endpoint_sid`) REFERENCES `webhook_endpoints`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);

CREATE TABLE `webhook_endpoint_types` (
	`endpoint_sid` text NOT NULL,
	`type` text NOT NULL,
	PRIMARY KEY(`endpoint_sid`, `type`),
	FOREIGN KEY (`endpoint_sid`) REFERENCES `webhook_endpoints`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
CREATE INDEX `webhook_endpoint_types_type` ON `webhook_endpoint_types` (`type`);

CREATE TABLE `webhook_endpoints` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text,
	`connection_sid` text,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`format` text DEFAULT 'standard' NOT NULL,
	`is_active` integer NOT NULL,
	`gone_at` integer,
	`secret` text NOT NULL,
	`previous_secret` text,
	`previous_secret_until` integer,
	`tested_minute` integer DEFAULT 0 NOT NULL,
	`tests` integer DEFAULT 0 NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
CREATE INDEX `webhook_endpoints_tenant` ON `webhook_endpoints` (`tenant_sid`,`created_at`);

-- Views and triggers, written by hand. `npm run db:generate` makes the migration.

-- Whether people may sign in through a connection now, and if not, why: the predicate of
-- src/connections/standing.ts in SQL. A test compares the two over all states.
CREATE VIEW connection_standing AS
SELECT connections.sid AS connection_sid, connections.tenant_sid, connections.name,
  CASE
    WHEN tenants.suspended_at IS NOT NULL THEN 'tenant_suspended'
    WHEN tenants.plan <> 'enterprise' THEN 'plan_required'
    WHEN connections.state = 'suspended' THEN 'connection_suspended'
    WHEN connections.state = 'draft' THEN 'connection_not_ready'
    WHEN connections.purpose = 'probe' THEN 'probe_only'
  END AS closed_because,
  tenants.suspended_at IS NOT NULL OR connections.state = 'suspended' AS is_suspended,
  tenants.suspended_at IS NOT NULL OR (connections.state = 'suspended'
    AND instr(connections.end_sessions_on, '"suspension"') > 0) AS has_no_sessions
FROM connections JOIN tenants ON tenants.sid = connections.tenant_sid;

-- What newcomers of a domain get: src/directory/newcomers asks it at every door.
CREATE VIEW newcomer_ways AS
SELECT domains.domain, domains.tenant_sid, connections.sid AS connection_sid,
  connections.newcomers, connections.newcomers_per_hour AS per_hour
FROM domains
JOIN connections ON connections.sid = domains.connection_sid
  AND connections.tenant_sid = domains.tenant_sid
JOIN connection_standing ON connection_standing.connection_sid = connections.sid
WHERE domains.verified_at IS NOT NULL AND connections.newcomers <> 'password'
  AND connections.state IN ('validated', 'live') AND connection_standing.closed_because IS NULL;

-- The audit trail as it is written and read: an event, and the part that may be personal. Details
-- that somebody has broken by hand are read as none, so that one such row stops no reader.
CREATE VIEW recorded_events AS
SELECT events.seq, events.sid, events.tenant_sid, events.connection_sid, events.type,
  events.actor_kind, events.actor_id,
  iif(json_valid(event_details.personal), event_details.personal, '{}') ->> '$.name' AS actor_name,
  events.actor_kind || coalesce(' ' ||
    (iif(json_valid(event_details.personal), event_details.personal, '{}') ->> '$.name'),
    ' ' || events.actor_id, '') AS actor,
  events.subject_sid, events.mails,
  CASE json_type(iif(json_valid(event_details.personal), event_details.personal, '{}'), '$.before')
    WHEN 'object' THEN json_extract(event_details.personal, '$.before') END AS before,
  CASE json_type(iif(json_valid(event_details.personal), event_details.personal, '{}'), '$.after')
    WHEN 'object' THEN json_extract(event_details.personal, '$.after') END AS after,
  event_details.event_seq IS NULL AS is_erased,
  event_details.event_seq IS NOT NULL AND NOT json_valid(event_details.personal) AS is_unreadable,
  events.created_at
FROM events LEFT JOIN event_details ON event_details.event_seq = events.seq;

CREATE TRIGGER recorded_events_insert INSTEAD OF INSERT ON recorded_events
BEGIN
  INSERT INTO events (sid, tenant_sid, connection_sid, type, actor_kind, actor_id, subject_sid,
    mails, created_at)
  VALUES (NEW.sid, NEW.tenant_sid, coalesce(NEW.connection_sid,
    CASE WHEN substr(NEW.subject_sid, 1, 2) = 'CN' THEN NEW.subject_sid END), NEW.type,
    NEW.actor_kind, NEW.actor_id, NEW.subject_sid, NEW.mails, NEW.created_at);
  INSERT INTO event_details (event_seq, salt, personal)
  SELECT seq, lower(hex(randomblob(16))), json_object('name', NEW.actor_name,
    'before', json(NEW.before), 'after', json(NEW.after))
  FROM events WHERE sid = NEW.sid;
END;

-- What is written to this view goes to the outbox, once for each endpoint that wants the type and may
-- see the tenant and the connection. `event` is null for the audit trail, which has it; other events
-- are many, and `*` does not name them. The view is never read: triggers and a store insert into it.
CREATE VIEW offered_events AS SELECT event_sid AS sid, last_error AS type, target AS tenant_sid,
  target AS connection_sid, event, created_at FROM outbox;

CREATE TRIGGER offered_events_insert INSTEAD OF INSERT ON offered_events
BEGIN
  INSERT INTO outbox (sid, event_sid, channel, target, event, next_at, created_at)
  SELECT 'OB' || lower(hex(randomblob(16))), NEW.sid, 'webhook', webhook_endpoints.sid, NEW.event,
    NEW.created_at, NEW.created_at
  FROM webhook_endpoints
  WHERE webhook_endpoints.is_active
    AND (webhook_endpoints.tenant_sid = NEW.tenant_sid
      AND coalesce(webhook_endpoints.connection_sid, NEW.connection_sid) IS NEW.connection_sid
      OR webhook_endpoints.tenant_sid IS NULL
      AND (NOT EXISTS (SELECT 1 FROM webhook_endpoint_tenants
          WHERE webhook_endpoint_tenants.endpoint_sid = webhook_endpoints.sid)
        OR EXISTS (SELECT 1 FROM webhook_endpoint_tenants
          WHERE webhook_endpoint_tenants.endpoint_sid = webhook_endpoints.sid
            AND webhook_endpoint_tenants.tenant_sid = NEW.tenant_sid)))
    AND EXISTS (SELECT 1 FROM webhook_endpoint_types
      WHERE webhook_endpoint_types.endpoint_sid = webhook_endpoints.sid
        AND (webhook_endpoint_types.type = NEW.type
          OR webhook_endpoint_types.type = '*' AND NEW.event IS NULL))
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.event_sid = NEW.sid
      AND outbox.channel = 'webhook' AND outbox.target = webhook_endpoints.sid);
END;

-- Events go to the outbox in the transaction of the change: to webhooks, and once for mail.
CREATE TRIGGER events_fan_out AFTER INSERT ON events
BEGIN
  INSERT INTO offered_events (sid, type, tenant_sid, connection_sid, created_at)
  VALUES (NEW.sid, NEW.type, NEW.tenant_sid, NEW.connection_sid, NEW.created_at);
  INSERT INTO outbox (sid, event_sid, channel, target, next_at, created_at)
  SELECT 'OB' || lower(hex(randomblob(16))), NEW.sid, 'mail', '', NEW.created_at, NEW.created_at
  WHERE NEW.mails;
END;

-- The end of a session, with the event itself, where an endpoint names the type.
CREATE TRIGGER sessions_end_offer AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM webhook_endpoint_types WHERE type = 'session.ended')
BEGIN
  INSERT INTO offered_events (sid, type, tenant_sid, connection_sid, event, created_at)
  SELECT NEW.sid, 'session.ended', connections.tenant_sid, NEW.connection_sid,
    json_object('sid', NEW.sid, 'type', 'session.ended', 'tenantSid', connections.tenant_sid,
      'connectionSid', NEW.connection_sid, 'subjectSid', NEW.sid,
      'actor', json_object('kind', 'maintenance', 'id', NULL),
      'data', json_object('session', NEW.sid, 'userSid', NEW.user_sid,
        'because', NEW.ended_because),
      'createdAt', NEW.ended_at), NEW.ended_at
  FROM connections WHERE connections.sid = NEW.connection_sid;
END;

-- The audit trail only grows. A checkpoint allows to delete the start of a chain, and the newest
-- event stays.
CREATE TRIGGER events_keep_row BEFORE UPDATE ON events
BEGIN
  SELECT raise(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_keep AFTER DELETE ON events
WHEN NOT EXISTS (SELECT 1 FROM event_checkpoints
    WHERE chain = coalesce(OLD.tenant_sid, '') AND kind = 'start' AND event_seq >= OLD.seq)
  OR NOT EXISTS (SELECT 1 FROM events WHERE seq > OLD.seq)
BEGIN
  SELECT raise(ABORT, 'events are append-only');
END;

CREATE TRIGGER event_chain_keep_row BEFORE UPDATE ON event_chain
BEGIN
  SELECT raise(ABORT, 'the chain of events is append-only');
END;

CREATE TRIGGER event_chain_keep AFTER DELETE ON event_chain
WHEN NOT EXISTS (SELECT 1 FROM event_checkpoints
    WHERE chain = OLD.chain AND kind = 'start' AND number >= OLD.number)
BEGIN
  SELECT raise(ABORT, 'the chain of events is append-only');
END;

-- Checkpoints go forward.
CREATE TRIGGER event_checkpoints_forward BEFORE UPDATE ON event_checkpoints
WHEN NEW.chain <> OLD.chain OR NEW.kind <> OLD.kind OR NEW.number < OLD.number
BEGIN
  SELECT raise(ABORT, 'checkpoints go forward');
END;

CREATE TRIGGER event_checkpoints_keep BEFORE DELETE ON event_checkpoints
BEGIN
  SELECT raise(ABORT, 'checkpoints go forward');
END;

-- Details can be deleted, never changed.
CREATE TRIGGER event_details_keep_row BEFORE UPDATE ON event_details
BEGIN
  SELECT raise(ABORT, 'details of events are append-only');
END;

-- The first login of a newcomer who waits for it leaves them SSO alone.
CREATE TRIGGER proofs_enforce_newcomer AFTER INSERT ON proofs
WHEN EXISTS (SELECT 1 FROM awaited_proofs JOIN users ON users.sid = awaited_proofs.user_sid
  WHERE awaited_proofs.user_sid = NEW.user_sid AND users.sign_in_method = 'sso_enabled'
    AND users.connection_sid = NEW.connection_sid)
BEGIN
  INSERT INTO recorded_events (sid, tenant_sid, connection_sid, actor_kind, type, subject_sid,
    before, after, mails, created_at)
  SELECT 'EV' || lower(hex(randomblob(16))), users.tenant_sid, users.connection_sid, 'maintenance',
    'user.sign_in_method_set', users.sid,
    json_object('signInMethod', users.sign_in_method, 'connectionSid', users.connection_sid),
    json_object('signInMethod', 'sso_enforced', 'connectionSid', users.connection_sid), 0,
    NEW.created_at
  FROM users WHERE users.sid = NEW.user_sid;
  UPDATE users SET sign_in_method = 'sso_enforced', updated_at = NEW.created_at
  WHERE sid = NEW.user_sid;
END;

-- Nobody waits for a first login any more whose sign-in method somebody has set.
CREATE TRIGGER users_await_no_proof AFTER UPDATE OF sign_in_method, connection_sid ON users
WHEN NEW.sign_in_method <> 'sso_enabled' OR NEW.connection_sid IS NOT OLD.connection_sid
BEGIN
  DELETE FROM awaited_proofs WHERE user_sid = NEW.sid;
END;

-- A second way in lasts as long as the person signs in through the connection that they had.
CREATE TRIGGER users_move AFTER UPDATE OF connection_sid ON users
WHEN OLD.connection_sid IS NOT NULL AND NEW.connection_sid IS NOT OLD.connection_sid
BEGIN
  DELETE FROM moves WHERE user_sid = NEW.sid;
END;

-- An address that becomes a user's own, by whatever way: aliases of it give way, since a login with it
-- must reach the owner. The audit trail says so. The view is never read: triggers insert into it.
CREATE VIEW taken_addresses AS SELECT email_key, updated_at AS taken_at FROM users;

CREATE TRIGGER taken_addresses_insert INSTEAD OF INSERT ON taken_addresses
BEGIN
  INSERT INTO recorded_events (sid, tenant_sid, connection_sid, actor_kind, type, subject_sid,
    before, mails, created_at)
  SELECT 'EV' || lower(hex(randomblob(16))), connections.tenant_sid, connections.sid, 'maintenance',
    'user.alias_gave_way', aliases.user_sid,
    json_object('email', aliases.email_key, 'connectionSid', aliases.connection_sid), 0,
    NEW.taken_at
  FROM aliases JOIN connections ON connections.sid = aliases.connection_sid
  WHERE aliases.email_key = NEW.email_key;
  DELETE FROM aliases WHERE email_key = NEW.email_key;
END;

CREATE TRIGGER users_own_address AFTER INSERT ON users
BEGIN
  INSERT INTO taken_addresses VALUES (NEW.email_key, NEW.updated_at);
END;

CREATE TRIGGER users_change_address AFTER UPDATE OF email_key ON users
WHEN OLD.email_key <> NEW.email_key
BEGIN
  INSERT INTO taken_addresses VALUES (NEW.email_key, NEW.updated_at);
END;

-- Ends the grants of a session that ended, and queues a logout token for each app that has to be told
-- (OpenID Connect Back-Channel Logout 1.0). Code that ends a session writes ended_at and nothing else.
CREATE TRIGGER sessions_end AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
  INSERT INTO logout_deliveries (sid, client_sid, session_sid, user_sid, due_at, created_at)
  SELECT printf('LD%012x', NEW.ended_at) || lower(hex(randomblob(10))), grants.client_sid, NEW.sid,
    NEW.user_sid, NEW.ended_at, NEW.ended_at
  FROM grants JOIN clients ON clients.sid = grants.client_sid
  WHERE grants.session_sid = NEW.sid AND grants.spent_at IS NOT NULL
    AND clients.backchannel_logout_uri IS NOT NULL
  GROUP BY grants.client_sid;
  UPDATE grants SET ended_at = NEW.ended_at WHERE session_sid = NEW.sid AND ended_at IS NULL;
END;

-- A session that ran out by itself is told to nobody. Before it is swept, the apps whose own sessions
-- may go on are noted, so that a login need not write it.
CREATE TRIGGER grants_swept AFTER DELETE ON grants WHEN OLD.spent_at IS NOT NULL
BEGIN
  INSERT INTO app_sessions (connection_sid, user_sid, client_sid, expires_at)
  SELECT sessions.connection_sid, sessions.user_sid, clients.sid,
    (OLD.spent_at / 86400000 + clients.session_days + 1) * 86400000
  FROM sessions JOIN clients ON clients.sid = OLD.client_sid
  WHERE sessions.sid = OLD.session_sid AND sessions.ended_at IS NULL
    AND clients.session_days > 0 AND clients.backchannel_logout_uri IS NOT NULL
  ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at
  WHERE excluded.expires_at > app_sessions.expires_at;
END;

-- Queues the logout token of an app's session that outlived ours. It has no session ID.
CREATE TRIGGER app_sessions_end AFTER UPDATE OF ended_at ON app_sessions
WHEN NEW.ended_at IS NOT NULL
BEGIN
  INSERT INTO logout_deliveries (sid, client_sid, user_sid, due_at, created_at)
  SELECT printf('LD%012x', NEW.ended_at) || lower(hex(randomblob(10))), clients.sid, NEW.user_sid,
    NEW.ended_at, NEW.ended_at
  FROM clients WHERE clients.sid = NEW.client_sid AND clients.session_days > 0
    AND clients.backchannel_logout_uri IS NOT NULL;
  DELETE FROM app_sessions WHERE connection_sid = NEW.connection_sid AND user_sid = NEW.user_sid
    AND client_sid = NEW.client_sid;
END;

-- The next two end the sessions of a user or tenant that is suspended, here and in apps.
CREATE TRIGGER users_suspend AFTER UPDATE OF suspended_at ON users
WHEN OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL
BEGIN
  UPDATE sessions SET ended_at = NEW.suspended_at, ended_because = 'user_suspended'
  WHERE user_sid = NEW.sid AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.suspended_at
  WHERE connection_sid IN (SELECT sid FROM connections WHERE tenant_sid = NEW.tenant_sid)
    AND user_sid = NEW.sid;
  -- SCIM gives it again where the IdP has only deactivated a break-glass owner.
  UPDATE break_glass SET kept_until = NULL WHERE tenant_sid = NEW.tenant_sid
    AND user_sid = NEW.sid AND kept_until IS NOT NULL;
END;

CREATE TRIGGER tenants_suspend AFTER UPDATE OF suspended_at ON tenants
WHEN OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL
BEGIN
  UPDATE sessions SET ended_at = NEW.suspended_at, ended_because = 'tenant_suspended'
  WHERE connection_sid IN (SELECT sid FROM connections WHERE tenant_sid = NEW.sid)
    AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.suspended_at
  WHERE connection_sid IN (SELECT sid FROM connections WHERE tenant_sid = NEW.sid);
END;

-- What waited for the tenant's own endpoints is sent.
CREATE TRIGGER tenants_resume AFTER UPDATE OF suspended_at ON tenants
WHEN OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL
BEGIN
  UPDATE outbox SET next_at = 0, expires_at = NULL
  WHERE outcome IS NULL AND last_error = 'tenant_suspended'
    AND target IN (SELECT sid FROM webhook_endpoints WHERE tenant_sid = NEW.sid);
END;

-- The others end sessions where their connection says so, in end_sessions_on.
CREATE TRIGGER connections_suspend AFTER UPDATE OF state, end_sessions_on ON connections
WHEN NEW.state = 'suspended' AND instr(NEW.end_sessions_on, '"suspension"') > 0
  AND (OLD.state <> 'suspended' OR instr(OLD.end_sessions_on, '"suspension"') = 0)
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'connection_suspended'
  WHERE connection_sid = NEW.sid AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.updated_at WHERE connection_sid = NEW.sid;
END;

CREATE TRIGGER connections_withdraw AFTER UPDATE OF state ON connections
WHEN OLD.state <> 'draft' AND NEW.state = 'draft' AND instr(NEW.end_sessions_on, '"draft"') > 0
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'connection_withdrawn'
  WHERE connection_sid = NEW.sid AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.updated_at WHERE connection_sid = NEW.sid;
END;

-- Also the logins that are not finished yet. Nobody knows by which key apps' own sessions began.
CREATE TRIGGER certificates_remove AFTER DELETE ON certificates
WHEN (SELECT instr(end_sessions_on, '"certificate"') FROM connections
  WHERE sid = OLD.connection_sid) > 0
BEGIN
  UPDATE sessions SET ended_because = 'certificate_removed',
    ended_at = (SELECT updated_at FROM connections WHERE sid = OLD.connection_sid)
  WHERE connection_sid = OLD.connection_sid AND certificate = substr(OLD.fingerprint, 1, 16)
    AND ended_at IS NULL;
  DELETE FROM login_codes
  WHERE connection_sid = OLD.connection_sid AND certificate = substr(OLD.fingerprint, 1, 16)
    AND spent_by IS NULL;
END;

CREATE TRIGGER users_turn_off AFTER UPDATE OF sign_in_method ON users
WHEN OLD.sign_in_method <> 'password' AND NEW.sign_in_method = 'password'
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'sso_turned_off'
  WHERE user_sid = NEW.sid AND ended_at IS NULL AND EXISTS (SELECT 1 FROM connections
    WHERE connections.sid = sessions.connection_sid
      AND instr(connections.end_sessions_on, '"password"') > 0);
  UPDATE app_sessions SET ended_at = NEW.updated_at
  WHERE user_sid = NEW.sid AND connection_sid IN (SELECT sid FROM connections
    WHERE tenant_sid = NEW.tenant_sid AND instr(end_sessions_on, '"password"') > 0);
END;

CREATE TRIGGER users_change_connection AFTER UPDATE OF connection_sid ON users
WHEN OLD.connection_sid <> NEW.connection_sid AND EXISTS (SELECT 1 FROM connections
  WHERE sid = OLD.connection_sid AND instr(end_sessions_on, '"move"') > 0)
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'moved'
  WHERE user_sid = NEW.sid AND connection_sid = OLD.connection_sid AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.updated_at
  WHERE connection_sid = OLD.connection_sid AND user_sid = NEW.sid;
END;

CREATE TRIGGER tenants_lose_plan AFTER UPDATE OF plan ON tenants
WHEN OLD.plan = 'enterprise' AND NEW.plan <> 'enterprise'
BEGIN
  UPDATE sessions SET ended_at = CAST(unixepoch('subsec') * 1000 AS INTEGER),
    ended_because = 'plan_lost'
  WHERE ended_at IS NULL AND connection_sid IN (SELECT sid FROM connections
    WHERE tenant_sid = NEW.sid AND instr(end_sessions_on, '"plan"') > 0);
  UPDATE app_sessions SET ended_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
  WHERE connection_sid IN (SELECT sid FROM connections
    WHERE tenant_sid = NEW.sid AND instr(end_sessions_on, '"plan"') > 0);
END;

-- What people and things are found by, and how many users there are: see src/directory/words. The
-- first view is never read: triggers insert into it. It folds a name; the letters are those of
-- fold.ts. An address is ASCII in lower case, and empty where there is none. is_gone: the words go.
CREATE VIEW named AS
SELECT tenant_sid AS scope, sid, first_name || ' ' || last_name AS name, email_key AS email,
  0 AS is_gone
FROM users;

CREATE TRIGGER named_ascii INSTEAD OF INSERT ON named
WHEN length(CAST(NEW.name AS BLOB)) = length(NEW.name)
BEGIN
  INSERT INTO folded VALUES (NEW.scope, NEW.sid, lower(trim(NEW.name)), NEW.email, NEW.is_gone);
END;

-- In two halves: D1 nests an expression a hundred deep at most.
CREATE TRIGGER named_letters INSTEAD OF INSERT ON named
WHEN length(CAST(NEW.name AS BLOB)) <> length(NEW.name)
BEGIN
  INSERT INTO half_folded VALUES (NEW.scope, NEW.sid,
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(NEW.name
    , 'à', 'a'), 'á', 'a'), 'â', 'a'), 'ã', 'a'), 'ä', 'a'), 'å', 'a'), 'ā', 'a'), 'ă', 'a')
    , 'ą', 'a'), 'À', 'a'), 'Á', 'a'), 'Â', 'a'), 'Ã', 'a'), 'Ä', 'a'), 'Å', 'a'), 'Ā', 'a')
    , 'Ă', 'a'), 'Ą', 'a'), 'æ', 'ae'), 'Æ', 'ae'), 'ç', 'c'), 'ć', 'c'), 'č', 'c'), 'Ç', 'c')
    , 'Ć', 'c'), 'Č', 'c'), 'ď', 'd'), 'đ', 'd'), 'ð', 'd'), 'Ď', 'd'), 'Đ', 'd'), 'Ð', 'd')
    , 'è', 'e'), 'é', 'e'), 'ê', 'e'), 'ë', 'e'), 'ē', 'e'), 'ę', 'e'), 'ě', 'e'), 'È', 'e')
    , 'É', 'e'), 'Ê', 'e'), 'Ë', 'e'), 'Ē', 'e'), 'Ę', 'e'), 'Ě', 'e'), 'ğ', 'g'), 'Ğ', 'g')
    , 'ì', 'i'), 'í', 'i'), 'î', 'i'), 'ï', 'i'), 'ī', 'i'), 'ı', 'i'), 'Ì', 'i'), 'Í', 'i')
    , 'Î', 'i'), 'Ï', 'i'), 'Ī', 'i'), 'İ', 'i'), 'ł', 'l'), 'ľ', 'l'), 'Ł', 'l'), 'Ľ', 'l'),
    NEW.email, NEW.is_gone);
END;

CREATE VIEW half_folded AS SELECT scope, sid, name, email, is_gone FROM named;

CREATE TRIGGER half_folded_letters INSTEAD OF INSERT ON half_folded
BEGIN
  INSERT INTO folded VALUES (NEW.scope, NEW.sid, lower(trim(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(NEW.name
    , 'ñ', 'n'), 'ń', 'n'), 'ň', 'n'), 'Ñ', 'n'), 'Ń', 'n'), 'Ň', 'n'), 'ò', 'o'), 'ó', 'o')
    , 'ô', 'o'), 'õ', 'o'), 'ö', 'o'), 'ø', 'o'), 'ō', 'o'), 'ő', 'o'), 'Ò', 'o'), 'Ó', 'o')
    , 'Ô', 'o'), 'Õ', 'o'), 'Ö', 'o'), 'Ø', 'o'), 'Ō', 'o'), 'Ő', 'o'), 'œ', 'oe'), 'Œ', 'oe')
    , 'ř', 'r'), 'Ř', 'r'), 'ś', 's'), 'ş', 's'), 'š', 's'), 'ș', 's'), 'Ś', 's'), 'Ş', 's')
    , 'Š', 's'), 'Ș', 's'), 'ß', 'ss'), 'ť', 't'), 'ţ', 't'), 'ț', 't'), 'Ť', 't'), 'Ţ', 't')
    , 'Ț', 't'), 'ù', 'u'), 'ú', 'u'), 'û', 'u'), 'ü', 'u'), 'ū', 'u'), 'ů', 'u'), 'ű', 'u')
    , 'Ù', 'u'), 'Ú', 'u'), 'Û', 'u'), 'Ü', 'u'), 'Ū', 'u'), 'Ů', 'u'), 'Ű', 'u'), 'ý', 'y')
    , 'ÿ', 'y'), 'Ý', 'y'), 'Ÿ', 'y'), 'ź', 'z'), 'ż', 'z'), 'ž', 'z'), 'Ź', 'z'), 'Ż', 'z')
    , 'Ž', 'z'))),
    NEW.email, NEW.is_gone);
END;

-- A name once for each of its words, beginning with it; an e-mail from each part before its @. The
-- marks have a space where a part ends.
CREATE VIEW folded AS SELECT scope, sid, name, email, is_gone FROM named;

CREATE TRIGGER folded_words INSTEAD OF INSERT ON folded
BEGIN
  DELETE FROM search_words
  WHERE NEW.is_gone AND scope = NEW.scope AND sid = NEW.sid AND word IN (
    WITH RECURSIVE parts(rest, marks, before) AS (
      SELECT NEW.name, replace(NEW.name, '-', ' '), '' WHERE NEW.name <> ''
      UNION ALL
      SELECT NEW.email, replace(replace(replace(replace(
        substr(NEW.email, 1, instr(NEW.email, '@')), '.', ' '), '_', ' '), '-', ' '), '+', ' '), NULL
      WHERE NEW.email <> ''
      UNION ALL
      SELECT substr(rest, instr(marks, ' ') + 1), substr(marks, instr(marks, ' ') + 1),
        before || ' ' || substr(rest, 1, instr(marks, ' ') - 1)
      FROM parts WHERE instr(marks, ' ') > 0
      LIMIT 16
    )
    SELECT rest || coalesce(before, '') FROM parts
  );
  INSERT OR IGNORE INTO search_words (scope, word, sid)
  WITH RECURSIVE parts(rest, marks, before) AS (
    SELECT NEW.name, replace(NEW.name, '-', ' '), '' WHERE NEW.name <> ''
    UNION ALL
    SELECT NEW.email, replace(replace(replace(replace(
      substr(NEW.email, 1, instr(NEW.email, '@')), '.', ' '), '_', ' '), '-', ' '), '+', ' '), NULL
      WHERE NEW.email <> ''
    UNION ALL
    SELECT substr(rest, instr(marks, ' ') + 1), substr(marks, instr(marks, ' ') + 1),
      before || ' ' || substr(rest, 1, instr(marks, ' ') - 1)
    FROM parts WHERE instr(marks, ' ') > 0
    LIMIT 16
  )
  SELECT NEW.scope, rest || coalesce(before, ''), NEW.sid FROM parts
  WHERE NOT NEW.is_gone;
END;

CREATE TRIGGER users_found_by AFTER INSERT ON users
BEGIN
  INSERT INTO named VALUES (NEW.tenant_sid, NEW.sid,
    coalesce(NEW.first_name, '') || ' ' || coalesce(NEW.last_name, ''), NEW.email_key, 0);
  INSERT INTO user_counts VALUES (NEW.tenant_sid, NEW.sign_in_method, 1)
  ON CONFLICT DO UPDATE SET users = users + 1;
END;

CREATE TRIGGER users_renamed AFTER UPDATE OF tenant_sid, email_key, first_name, last_name ON users
WHEN OLD.tenant_sid <> NEW.tenant_sid OR OLD.email_key <> NEW.email_key
  OR OLD.first_name IS NOT NEW.first_name OR OLD.last_name IS NOT NEW.last_name
BEGIN
  INSERT INTO named VALUES (OLD.tenant_sid, OLD.sid,
    coalesce(OLD.first_name, '') || ' ' || coalesce(OLD.last_name, ''), OLD.email_key, 1);
  INSERT INTO named VALUES (NEW.tenant_sid, NEW.sid,
    coalesce(NEW.first_name, '') || ' ' || coalesce(NEW.last_name, ''), NEW.email_key, 0);
END;

CREATE TRIGGER users_recounted AFTER UPDATE OF tenant_sid, sign_in_method ON users
WHEN OLD.tenant_sid <> NEW.tenant_sid OR OLD.sign_in_method <> NEW.sign_in_method
BEGIN
  UPDATE user_counts SET users = users - 1 WHERE tenant_sid = OLD.tenant_sid
    AND sign_in_method = OLD.sign_in_method;
  INSERT INTO user_counts VALUES (NEW.tenant_sid, NEW.sign_in_method, 1)
  ON CONFLICT DO UPDATE SET users = users + 1;
END;

-- An erased person leaves no word.
CREATE TRIGGER users_not_found AFTER DELETE ON users
BEGIN
  INSERT INTO named VALUES (OLD.tenant_sid, OLD.sid,
    coalesce(OLD.first_name, '') || ' ' || coalesce(OLD.last_name, ''), OLD.email_key, 1);
  UPDATE user_counts SET users = users - 1 WHERE tenant_sid = OLD.tenant_sid
    AND sign_in_method = OLD.sign_in_method;
END;

CREATE TRIGGER proofs_signed_in AFTER INSERT ON proofs
BEGIN
  UPDATE users SET signed_in = 1 WHERE sid = NEW.user_sid AND NOT signed_in;
END;

-- Other things are found by their names: each kind is a scope of its own.
CREATE TRIGGER tenants_found_by AFTER INSERT ON tenants
BEGIN
  INSERT INTO named VALUES ('TN', NEW.sid, NEW.name, '', 0);
END;

CREATE TRIGGER tenants_renamed AFTER UPDATE OF name ON tenants WHEN OLD.name <> NEW.name
BEGIN
  INSERT INTO named VALUES ('TN', OLD.sid, OLD.name, '', 1);
  INSERT INTO named VALUES ('TN', NEW.sid, NEW.name, '', 0);
END;

CREATE TRIGGER tenants_not_found AFTER DELETE ON tenants
BEGIN
  INSERT INTO named VALUES ('TN', OLD.sid, OLD.name, '', 1);
END;

CREATE TRIGGER connections_found_by AFTER INSERT ON connections
BEGIN
  INSERT INTO named VALUES ('CN', NEW.sid, NEW.name, '', 0);
END;

CREATE TRIGGER connections_renamed AFTER UPDATE OF name ON connections WHEN OLD.name <> NEW.name
BEGIN
  INSERT INTO named VALUES ('CN', OLD.sid, OLD.name, '', 1);
  INSERT INTO named VALUES ('CN', NEW.sid, NEW.name, '', 0);
END;

CREATE TRIGGER connections_not_found AFTER DELETE ON connections
BEGIN
  INSERT INTO named VALUES ('CN', OLD.sid, OLD.name, '', 1);
END;

CREATE TRIGGER clients_found_by AFTER INSERT ON clients
BEGIN
  INSERT INTO named VALUES ('CL', NEW.sid, NEW.name, '', 0);
END;

CREATE TRIGGER clients_renamed AFTER UPDATE OF name ON clients WHEN OLD.name <> NEW.name
BEGIN
  INSERT INTO named VALUES ('CL', OLD.sid, OLD.name, '', 1);
  INSERT INTO named VALUES ('CL', NEW.sid, NEW.name, '', 0);
END;

CREATE TRIGGER clients_not_found AFTER DELETE ON clients
BEGIN
  INSERT INTO named VALUES ('CL', OLD.sid, OLD.name, '', 1);
END;
