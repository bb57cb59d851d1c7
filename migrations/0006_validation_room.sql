ALTER TABLE `attempts` ADD `revision` integer;--> statement-breakpoint
CREATE INDEX `attempts_user` ON `attempts` (`user_sid`,`created_at`) WHERE "attempts"."user_sid" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `attempts_accepted` ON `attempts` (`connection_sid`,`revision`) WHERE "attempts"."code" IS NULL;--> statement-breakpoint
ALTER TABLE `testers` ADD `enabled` integer DEFAULT false NOT NULL;