CREATE TABLE `client_origins` (
	`origin` text NOT NULL,
	`client_sid` text NOT NULL,
	PRIMARY KEY(`origin`, `client_sid`),
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `client_origins_client` ON `client_origins` (`client_sid`);--> statement-breakpoint
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
	`is_default` integer DEFAULT false NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clients_default` ON `clients` (`is_default`) WHERE is_default = 1;--> statement-breakpoint
CREATE INDEX `clients_created` ON `clients` (`created_at`);--> statement-breakpoint
CREATE TABLE `grants` (
	`sid` text PRIMARY KEY NOT NULL,
	`code_hash` text NOT NULL,
	`client_sid` text NOT NULL,
	`session_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`scope` text NOT NULL,
	`nonce` text,
	`code_challenge` text NOT NULL,
	`code_expires_at` integer NOT NULL,
	`spent_at` integer,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`session_sid`) REFERENCES `sessions`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `grants_code` ON `grants` (`code_hash`);--> statement-breakpoint
CREATE INDEX `grants_session` ON `grants` (`session_sid`);--> statement-breakpoint
CREATE INDEX `grants_expires` ON `grants` (`expires_at`);--> statement-breakpoint
CREATE TABLE `logout_deliveries` (
	`sid` text PRIMARY KEY NOT NULL,
	`client_sid` text NOT NULL,
	`session_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`failure` text,
	`sent_at` integer,
	`dead_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`client_sid`) REFERENCES `clients`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `logout_deliveries_due` ON `logout_deliveries` (`due_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `logout_deliveries_client` ON `logout_deliveries` (`client_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `logout_deliveries_created` ON `logout_deliveries` (`created_at`);--> statement-breakpoint
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
CREATE UNIQUE INDEX `scim_tokens_secret` ON `scim_tokens` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `scim_tokens_connection` ON `scim_tokens` (`connection_sid`,`created_at`);--> statement-breakpoint
CREATE TABLE `scim_users` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`user_name` text NOT NULL,
	`user_name_key` text NOT NULL,
	`external_id` text,
	`display_name` text,
	`active` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `scim_users_user_name` ON `scim_users` (`connection_sid`,`user_name_key`);--> statement-breakpoint
CREATE INDEX `scim_users_external_id` ON `scim_users` (`connection_sid`,`external_id`);--> statement-breakpoint
CREATE INDEX `scim_users_user` ON `scim_users` (`user_sid`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`public_key` text NOT NULL,
	`encrypted_private_key` text NOT NULL,
	`signs_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`grant_sid` text NOT NULL,
	`expires_at` integer NOT NULL,
	`spent_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`grant_sid`) REFERENCES `grants`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `tokens_grant` ON `tokens` (`grant_sid`);--> statement-breakpoint
CREATE INDEX `tokens_expires` ON `tokens` (`expires_at`);--> statement-breakpoint
DROP INDEX `sessions_user`;--> statement-breakpoint
DROP INDEX `sessions_connection`;--> statement-breakpoint
ALTER TABLE `sessions` ADD `last_seen_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `ended_because` text;--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `sessions_connection` ON `sessions` (`connection_sid`,`created_at`);