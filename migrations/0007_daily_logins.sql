CREATE TABLE `daily_logins` (
	`connection_sid` text NOT NULL,
	`day` integer NOT NULL,
	`code` text NOT NULL,
	`logins` integer NOT NULL,
	PRIMARY KEY(`connection_sid`, `day`, `code`),
	FOREIGN KEY (`connection_sid`) REFERENCES `connections`(`sid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `daily_logins_day` ON `daily_logins` (`day`);--> statement-breakpoint
INSERT INTO `daily_logins` SELECT `connection_sid`, `created_at` - `created_at` % 86400000, coalesce(`code`, ''), count(*) FROM `attempts` WHERE `is_test` = 0 GROUP BY 1, 2, 3;
