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
CREATE INDEX `aliases_user` ON `aliases` (`user_sid`);--> statement-breakpoint
CREATE TABLE `attestations` (
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
CREATE TABLE `break_glass` (
	`tenant_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`reason` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`tenant_sid`, `user_sid`),
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `idp_users` (
	`connection_sid` text NOT NULL,
	`email_key` text NOT NULL,
	`upload` text NOT NULL,
	PRIMARY KEY(`connection_sid`, `email_key`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `proofs` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
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
CREATE INDEX `recovery_codes_user` ON `recovery_codes` (`user_sid`);--> statement-breakpoint
CREATE TABLE `rollout_members` (
	`rollout_sid` text NOT NULL,
	`version` integer NOT NULL,
	`user_sid` text NOT NULL,
	`findings` text NOT NULL,
	`included` integer NOT NULL,
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
CREATE INDEX `rollout_members_user` ON `rollout_members` (`user_sid`);--> statement-breakpoint
CREATE TABLE `rollouts` (
	`sid` text PRIMARY KEY NOT NULL,
	`tenant_sid` text NOT NULL,
	`connection_sid` text NOT NULL,
	`name` text NOT NULL,
	`selectors` text NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	`frozen` integer DEFAULT false NOT NULL,
	`reviewed_version` integer,
	`reviewed_by` text,
	`enabled_version` integer,
	`informed_version` integer,
	`uninformed_reason` text,
	`approved_version` integer,
	`approved_by` text,
	`scope` text DEFAULT 'proved' NOT NULL,
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
CREATE INDEX `rollouts_connection` ON `rollouts` (`connection_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `rollouts_tenant` ON `rollouts` (`tenant_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `rollouts_due` ON `rollouts` (`enforce_at`);--> statement-breakpoint
CREATE TABLE `testers` (
	`connection_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `user_sid`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `attempts` ADD `is_test` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `attempts` ADD `clock_offset` integer;