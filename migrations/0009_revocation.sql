-- Revocation is a rule of the database, so that no way of suspending or ending can forget it: sessions end with their user,
-- connection or tenant, and a session takes along what clients were given in it and has them told.
UPDATE sessions SET last_seen_at = created_at;
--> statement-breakpoint
CREATE TRIGGER sessions_end AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
  INSERT INTO logout_deliveries (sid, client_sid, session_sid, user_sid, due_at, created_at)
  SELECT 'LD' || lower(hex(randomblob(16))), grants.client_sid, NEW.sid, NEW.user_sid, NEW.ended_at, NEW.ended_at
  FROM grants JOIN clients ON clients.sid = grants.client_sid
  WHERE grants.session_sid = NEW.sid AND grants.spent_at IS NOT NULL AND clients.backchannel_logout_uri IS NOT NULL
  GROUP BY grants.client_sid;
  UPDATE grants SET ended_at = NEW.ended_at WHERE session_sid = NEW.sid AND ended_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER users_suspend AFTER UPDATE OF suspended_at ON users
WHEN OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL
BEGIN
  UPDATE sessions SET ended_at = NEW.suspended_at, ended_because = 'user_suspended'
  WHERE user_sid = NEW.sid AND ended_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER connections_suspend AFTER UPDATE OF state ON connections
WHEN OLD.state <> 'suspended' AND NEW.state = 'suspended'
BEGIN
  UPDATE sessions SET ended_at = NEW.updated_at, ended_because = 'connection_suspended'
  WHERE connection_sid = NEW.sid AND ended_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER tenants_suspend AFTER UPDATE OF suspended_at ON tenants
WHEN OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL
BEGIN
  UPDATE sessions SET ended_at = NEW.suspended_at, ended_because = 'tenant_suspended'
  WHERE connection_sid IN (SELECT sid FROM connections WHERE tenant_sid = NEW.sid) AND ended_at IS NULL;
END;
