CREATE TABLE `domains` (
	`tenant_sid` text NOT NULL,
	`domain` text NOT NULL,
	`token` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`checked_at` integer,
	`failure` text,
	`verified_at` integer,
	`verified_by` text,
	`reason` text,
	`missing_since` integer,
	PRIMARY KEY(`tenant_sid`, `domain`),
	FOREIGN KEY (`tenant_sid`) REFERENCES `tenants`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `domains_verified` ON `domains` (`domain`) WHERE verified_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `domains_checked` ON `domains` (`checked_at`);--> statement-breakpoint
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
CREATE INDEX `imports_tenant` ON `imports` (`tenant_sid`,`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `imports_open` ON `imports` (`tenant_sid`,`digest`) WHERE finished_at IS NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `import_sid` text;--> statement-breakpoint
ALTER TABLE `users` ADD `import_row` integer;