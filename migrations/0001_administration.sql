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
CREATE INDEX `events_tenant` ON `events` (`tenant_sid`,`created_at`);--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject_sid`,`created_at`);--> statement-breakpoint
ALTER TABLE `connections` ADD `suspended_from` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `suspended_revision` integer;