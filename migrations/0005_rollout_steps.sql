CREATE TABLE `rollout_selections` (
	`rollout_sid` text NOT NULL,
	`user_sid` text NOT NULL,
	PRIMARY KEY(`rollout_sid`, `user_sid`),
	FOREIGN KEY (`rollout_sid`) REFERENCES `rollouts`(`sid`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_sid`) REFERENCES `users`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
DROP INDEX `users_tenant`;--> statement-breakpoint
CREATE INDEX `users_tenant` ON `users` (`tenant_sid`,`created_at`,`sid`);--> statement-breakpoint
ALTER TABLE `proofs` ADD `entity_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `rollout_members` ADD `email_key` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `rollout_members_email` ON `rollout_members` (`rollout_sid`,`version`,`email_key`,`user_sid`);--> statement-breakpoint
ALTER TABLE `rollouts` ADD `version_at` integer;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `foreign_users` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `cursors` text DEFAULT '{}' NOT NULL;