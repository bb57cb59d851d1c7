ALTER TABLE `break_glass` ADD `password_until` integer;--> statement-breakpoint
ALTER TABLE `break_glass` ADD `handover_hash` text;