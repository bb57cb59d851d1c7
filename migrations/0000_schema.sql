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
CREATE UNIQUE INDEX `api_keys_secret` ON `api_keys` (`secret_hash`);
--> statement-breakpoint
CREATE INDEX `api_keys_tenant` ON `api_keys` (`tenant_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at`);
--> statement-breakpoint
CREATE TABLE `console_sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `console_sessions_expires` ON `console_sessions` (`expires_at`);
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
CREATE UNIQUE INDEX `setup_links_secret` ON `setup_links` (`secret_hash`);
--> statement-breakpoint
CREATE INDEX `setup_links_connection` ON `setup_links` (`connection_sid`,`created_at`);
--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`spent_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sign_in_links_expires` ON `sign_in_links` (`expires_at`);
--> statement-breakpoint
CREATE TABLE `client_origins` (
	`origin` text NOT NULL,
	`client_sid` text NOT NULL,
	PRIMARY KEY(`origin`, `client_sid`),
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `client_origins_client` ON `client_origins` (`client_sid`);
--> statement-breakpoint
CREATE TABLE `clients` (
	`sid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`token_endpoint_auth_method` text NOT NULL,
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
	`is_default` integer DEFAULT false NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clients_default` ON `clients` (`is_default`) WHERE is_default = 1;
--> statement-breakpoint
CREATE INDEX `clients_created` ON `clients` (`created_at`);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE INDEX `certificates_not_after` ON `certificates` (`not_after`);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE `pending_changes` (
	`sid` text PRIMARY KEY NOT NULL,
	`connection_sid` text NOT NULL,
	`fields` text NOT NULL,
	`certificates` text NOT NULL,
	`removed` text NOT NULL,
	`proposed_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `pending_changes_connection` ON `pending_changes` (`connection_sid`,`created_at`);
--> statement-breakpoint
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
CREATE INDEX `metadata_sources_due` ON `metadata_sources` (`refresh_at`);
--> statement-breakpoint
CREATE TABLE `connections` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`name` text NOT NULL,
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
	`allow` text DEFAULT '[]' NOT NULL,
	`clock_skew_seconds` integer DEFAULT 60 NOT NULL,
	`maximum_authn_age_minutes` integer,
	`revocation_issuer` text,
	`revocation_keys_url` text,
	`end_sessions_on` text DEFAULT '["suspension","draft","certificate"]' NOT NULL,
	`newcomers` text DEFAULT 'password' NOT NULL,
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
	CONSTRAINT "authn_age" CHECK("connections"."maximum_authn_age_minutes" BETWEEN 1 AND 525600)
);
--> statement-breakpoint
CREATE INDEX `connections_tenant` ON `connections` (`tenant_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `connections_created` ON `connections` (`created_at`);
--> statement-breakpoint
CREATE INDEX `connections_reachability` ON `connections` (`reachability_checked_at`);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE UNIQUE INDEX `address_claims_source` ON `address_claims` (`tenant_sid`,`source`,`email_key`);
--> statement-breakpoint
CREATE INDEX `address_claims_user` ON `address_claims` (`user_sid`);
--> statement-breakpoint
CREATE INDEX `address_claims_tenant` ON `address_claims` (`tenant_sid`,`created_at`);
--> statement-breakpoint
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
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `domains_verified` ON `domains` (`domain`) WHERE verified_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `domains_checked` ON `domains` (`checked_at`);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE INDEX `imports_tenant` ON `imports` (`tenant_sid`,`created_at`);
--> statement-breakpoint
CREATE UNIQUE INDEX `imports_open` ON `imports` (`tenant_sid`,`digest`) WHERE finished_at IS NULL;
--> statement-breakpoint
CREATE TABLE `awaited_proofs` (
	`user_sid` text PRIMARY KEY NOT NULL,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `accounts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`external_id` text,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `accounts_tenant` ON `accounts` (`tenant_sid`);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_external_id` ON `accounts` (`tenant_sid`,`external_id`);
--> statement-breakpoint
CREATE TABLE `memberships` (
	`account_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	PRIMARY KEY(`account_sid`, `user_sid`),
	FOREIGN KEY (`account_sid`) REFERENCES `accounts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `memberships_user` ON `memberships` (`user_sid`);
--> statement-breakpoint
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
	`import_sid` text,
	`import_row` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sso_needs_a_connection" CHECK(("users"."sign_in_method" = 'password') = ("users"."connection_sid" IS NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email_key`);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_external_id` ON `users` (`tenant_sid`,`external_id`);
--> statement-breakpoint
CREATE INDEX `users_connection` ON `users` (`connection_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `users_tenant` ON `users` (`tenant_sid`,`created_at`,`sid`);
--> statement-breakpoint
CREATE TABLE `tenants` (
	`sid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`plan` text NOT NULL,
	`support_contact` text,
	`customer_changes` text DEFAULT 'wait' NOT NULL,
	`suspended_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tenants_created` ON `tenants` (`created_at`);
--> statement-breakpoint
CREATE TABLE `events` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject_sid` text NOT NULL,
	`before` text,
	`after` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `events_tenant` ON `events` (`tenant_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `events_created` ON `events` (`created_at`);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key_hash` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`subject_sid` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);
--> statement-breakpoint
CREATE TABLE `job_runs` (
	`job` text PRIMARY KEY NOT NULL,
	`every_seconds` integer NOT NULL,
	`known_at` integer NOT NULL,
	`succeeded_at` integer,
	`failed_at` integer,
	`milliseconds` integer,
	`backlog` text
);
--> statement-breakpoint
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
CREATE UNIQUE INDEX `key_pairs_stage` ON `key_pairs` (`stage`);
--> statement-breakpoint
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
	`spent_by` text
) WITHOUT ROWID;
--> statement-breakpoint
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
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `name_ids_value` ON `name_ids` (`connection_sid`,`entity_id`,`name_id`);
--> statement-breakpoint
CREATE TABLE `proofs` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`entity_id` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `spent` (
	`connection_sid` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`attempt_sid` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`expires_at`, `connection_sid`, `kind`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
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
--> statement-breakpoint
CREATE INDEX `app_sessions_expires` ON `app_sessions` (`expires_at`);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE INDEX `logout_deliveries_due` ON `logout_deliveries` (`due_at`) WHERE due_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `logout_deliveries_client` ON `logout_deliveries` (`client_sid`,`sid`);
--> statement-breakpoint
CREATE INDEX `logout_deliveries_sent` ON `logout_deliveries` (`sent_at`) WHERE sent_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `logout_deliveries_dead` ON `logout_deliveries` (`created_at`) WHERE dead_at IS NOT NULL;
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`public_key` text NOT NULL,
	`encrypted_private_key` text NOT NULL,
	`signs_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `grants` (
	`session_sid` text NOT NULL,
	`secret_hash` text NOT NULL,
	`client_sid` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`scope` text NOT NULL,
	`nonce` text,
	`code_challenge` text NOT NULL,
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
--> statement-breakpoint
CREATE TABLE `failed_guesses` (
	`bucket` integer PRIMARY KEY NOT NULL,
	`minute` integer NOT NULL,
	`wrong` integer NOT NULL
);
--> statement-breakpoint
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
--> statement-breakpoint
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
	`password_until` integer,
	`handover_hash` text,
	PRIMARY KEY(`tenant_sid`, `user_sid`),
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_at` integer NOT NULL,
	`spent_at` integer,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `recovery_codes_user` ON `recovery_codes` (`user_sid`);
--> statement-breakpoint
CREATE TABLE `rollout_selections` (
	`rollout_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	PRIMARY KEY(`rollout_sid`, `user_sid`),
	FOREIGN KEY (`rollout_sid`) REFERENCES `rollouts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `rollouts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
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
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `rollouts_connection` ON `rollouts` (`connection_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `rollouts_tenant` ON `rollouts` (`tenant_sid`,`created_at`);
--> statement-breakpoint
CREATE INDEX `rollouts_due` ON `rollouts` (`enforce_at`);
--> statement-breakpoint
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
	`skipped` text,
	PRIMARY KEY(`rollout_sid`, `version`, `user_sid`),
	FOREIGN KEY (`rollout_sid`) REFERENCES `rollouts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `rollout_members_user` ON `rollout_members` (`user_sid`);
--> statement-breakpoint
CREATE INDEX `rollout_members_email` ON `rollout_members` (`rollout_sid`,`version`,`email_key`,`user_sid`);
--> statement-breakpoint
CREATE TABLE `aliases` (
	`connection_sid` text NOT NULL,
	`email_key` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `email_key`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `aliases_user` ON `aliases` (`user_sid`);
--> statement-breakpoint
CREATE INDEX `aliases_email` ON `aliases` (`email_key`);
--> statement-breakpoint
CREATE TABLE `idp_users` (
	`connection_sid` text NOT NULL,
	`email_key` text NOT NULL,
	`upload` text NOT NULL,
	`saved` text,
	PRIMARY KEY(`connection_sid`, `email_key`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
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
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `scim_tokens_secret` ON `scim_tokens` (`secret_hash`);
--> statement-breakpoint
CREATE INDEX `scim_tokens_connection` ON `scim_tokens` (`connection_sid`,`created_at`);
--> statement-breakpoint
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
--> statement-breakpoint
CREATE UNIQUE INDEX `scim_users_user_name` ON `scim_users` (`connection_sid`,`user_name_key`);
--> statement-breakpoint
CREATE INDEX `scim_users_external_id` ON `scim_users` (`connection_sid`,`external_id`);
--> statement-breakpoint
CREATE INDEX `scim_users_user` ON `scim_users` (`user_sid`);
--> statement-breakpoint
CREATE INDEX `scim_users_suspended` ON `scim_users` (`connection_sid`,`suspended_at`) WHERE suspended_at IS NOT NULL;
--> statement-breakpoint
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
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_sid`,`sid`);
--> statement-breakpoint
CREATE INDEX `sessions_connection` ON `sessions` (`connection_sid`,`sid`);
--> statement-breakpoint
CREATE VIEW connection_standing AS
SELECT connections.sid AS connection_sid, connections.tenant_sid, connections.name,
  CASE
    WHEN tenants.suspended_at IS NOT NULL THEN 'tenant_suspended'
    WHEN tenants.plan <> 'enterprise' THEN 'plan_required'
    WHEN connections.state = 'suspended' THEN 'connection_suspended'
    WHEN connections.state = 'draft' THEN 'connection_not_ready'
  END AS closed_because,
  tenants.suspended_at IS NOT NULL OR connections.state = 'suspended' AS is_suspended,
  tenants.suspended_at IS NOT NULL OR (connections.state = 'suspended'
    AND instr(connections.end_sessions_on, '"suspension"') > 0) AS has_no_sessions
FROM connections JOIN tenants ON tenants.sid = connections.tenant_sid;
--> statement-breakpoint
CREATE VIEW newcomer_ways AS
SELECT domains.domain, domains.tenant_sid, connections.sid AS connection_sid,
  connections.newcomers
FROM domains
JOIN connections ON connections.sid = domains.connection_sid
  AND connections.tenant_sid = domains.tenant_sid
JOIN connection_standing ON connection_standing.connection_sid = connections.sid
WHERE domains.verified_at IS NOT NULL AND connections.newcomers <> 'password'
  AND connections.state IN ('validated', 'live') AND connection_standing.closed_because IS NULL;
--> statement-breakpoint
CREATE TRIGGER proofs_enforce_newcomer AFTER INSERT ON proofs
WHEN EXISTS (SELECT 1 FROM awaited_proofs JOIN users ON users.sid = awaited_proofs.user_sid
  WHERE awaited_proofs.user_sid = NEW.user_sid AND users.sign_in_method = 'sso_enabled'
    AND users.connection_sid = NEW.connection_sid)
BEGIN
  INSERT INTO events (sid, tenant_sid, actor, action, subject_sid, before, after, created_at)
  SELECT 'EV' || lower(hex(randomblob(16))), users.tenant_sid, 'maintenance',
    'user.set_sign_in_method', users.sid,
    json_object('signInMethod', users.sign_in_method, 'connectionSid', users.connection_sid),
    json_object('signInMethod', 'sso_enforced', 'connectionSid', users.connection_sid),
    NEW.created_at
  FROM users WHERE users.sid = NEW.user_sid;
  UPDATE users SET sign_in_method = 'sso_enforced', updated_at = NEW.created_at
  WHERE sid = NEW.user_sid;
END;
--> statement-breakpoint
CREATE TRIGGER users_await_no_proof AFTER UPDATE OF sign_in_method, connection_sid ON users
WHEN NEW.sign_in_method <> 'sso_enabled' OR NEW.connection_sid IS NOT OLD.connection_sid
BEGIN
  DELETE FROM awaited_proofs WHERE user_sid = NEW.sid;
END;
--> statement-breakpoint
CREATE TRIGGER users_own_address AFTER INSERT ON users
BEGIN
  INSERT INTO events (sid, tenant_sid, actor, action, subject_sid, before, created_at)
  SELECT 'EV' || lower(hex(randomblob(16))), connections.tenant_sid, 'maintenance',
    'user.alias_gave_way', aliases.user_sid,
    json_object('email', aliases.email_key, 'connectionSid', aliases.connection_sid), NEW.updated_at
  FROM aliases JOIN connections ON connections.sid = aliases.connection_sid
  WHERE aliases.email_key = NEW.email_key;
  DELETE FROM aliases WHERE email_key = NEW.email_key;
END;
--> statement-breakpoint
CREATE TRIGGER users_change_address AFTER UPDATE OF email_key ON users
WHEN OLD.email_key <> NEW.email_key
BEGIN
  INSERT INTO events (sid, tenant_sid, actor, action, subject_sid, before, created_at)
  SELECT 'EV' || lower(hex(randomblob(16))), connections.tenant_sid, 'maintenance',
    'user.alias_gave_way', aliases.user_sid,
    json_object('email', aliases.email_key, 'connectionSid', aliases.connection_sid), NEW.updated_at
  FROM aliases JOIN connections ON connections.sid = aliases.connection_sid
  WHERE aliases.email_key = NEW.email_key;
  DELETE FROM aliases WHERE email_key = NEW.email_key;
END;
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TRIGGER tenants_suspend AFTER UPDATE OF suspended_at ON tenants
WHEN OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL
BEGIN
  UPDATE sessions SET ended_at = NEW.suspended_at, ended_because = 'tenant_suspended'
  WHERE connection_sid IN (SELECT sid FROM connections WHERE tenant_sid = NEW.sid)
    AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.suspended_at
  WHERE connection_sid IN (SELECT sid FROM connections WHERE tenant_sid = NEW.sid);
END;
--> statement-breakpoint
CREATE TRIGGER connections_suspend AFTER UPDATE OF state, end_sessions_on ON connections
WHEN NEW.state = 'suspended' AND instr(NEW.end_sessions_on, '"suspension"') > 0
  AND (OLD.state <> 'suspended' OR instr(OLD.end_sessions_on, '"suspension"') = 0)
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'connection_suspended'
  WHERE connection_sid = NEW.sid AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.updated_at WHERE connection_sid = NEW.sid;
END;
--> statement-breakpoint
CREATE TRIGGER connections_withdraw AFTER UPDATE OF state ON connections
WHEN OLD.state <> 'draft' AND NEW.state = 'draft' AND instr(NEW.end_sessions_on, '"draft"') > 0
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'connection_withdrawn'
  WHERE connection_sid = NEW.sid AND ended_at IS NULL;
  UPDATE app_sessions SET ended_at = NEW.updated_at WHERE connection_sid = NEW.sid;
END;
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
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
