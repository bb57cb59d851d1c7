CREATE TABLE `accounts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`external_id` text,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `accounts_tenant` ON `accounts` (`tenant_sid`);--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_external_id` ON `accounts` (`tenant_sid`,`external_id`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`sid` text PRIMARY KEY NOT NULL,
	`connection_sid` text NOT NULL,
	`ring` text,
	`ring_number` integer,
	`code` text,
	`checks` text NOT NULL,
	`message` text,
	`user_sid` text,
	`idp_initiated` integer NOT NULL,
	`certificate_fingerprint` text,
	`verify_micros` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attempts_ring` ON `attempts` (`connection_sid`,`ring`,`ring_number`);--> statement-breakpoint
CREATE INDEX `attempts_connection` ON `attempts` (`connection_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `attempts_created` ON `attempts` (`created_at`);--> statement-breakpoint
CREATE TABLE `certificates` (
	`connection_sid` text NOT NULL,
	`fingerprint` text NOT NULL,
	`certificate` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `fingerprint`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
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
	`idp_initiated` text DEFAULT 'restart' NOT NULL,
	`logout_redirect_url` text,
	`attribute_mapping` text,
	`allow` text DEFAULT '[]' NOT NULL,
	`clock_skew_seconds` integer DEFAULT 60 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "clock_skew" CHECK("connections"."clock_skew_seconds" BETWEEN 0 AND 300)
);
--> statement-breakpoint
CREATE INDEX `connections_tenant` ON `connections` (`tenant_sid`);--> statement-breakpoint
CREATE TABLE `handoffs` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`attempt_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`browser_hash` text NOT NULL,
	`return_to` text NOT NULL,
	`principal` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `handoffs_expires` ON `handoffs` (`expires_at`);--> statement-breakpoint
CREATE TABLE `memberships` (
	`account_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	PRIMARY KEY(`account_sid`, `user_sid`),
	FOREIGN KEY (`account_sid`) REFERENCES `accounts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `memberships_user` ON `memberships` (`user_sid`);--> statement-breakpoint
CREATE TABLE `name_ids` (
	`connection_sid` text NOT NULL,
	`name_id` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `name_id`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `name_ids_user` ON `name_ids` (`connection_sid`,`user_sid`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`sid` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`user_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`attempt_sid` text NOT NULL,
	`principal` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_sid`);--> statement-breakpoint
CREATE INDEX `sessions_connection` ON `sessions` (`connection_sid`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `spent` (
	`connection_sid` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `kind`, `id`)
);
--> statement-breakpoint
CREATE INDEX `spent_expires` ON `spent` (`expires_at`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`sid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`plan` text NOT NULL,
	`support_contact` text,
	`suspended_at` integer,
	`created_at` integer NOT NULL
);
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
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sso_needs_a_connection" CHECK(("users"."sign_in_method" = 'password') = ("users"."connection_sid" IS NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_external_id` ON `users` (`tenant_sid`,`external_id`);--> statement-breakpoint
CREATE INDEX `users_connection` ON `users` (`connection_sid`);