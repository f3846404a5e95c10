-- What does the applier need on a PostgreSQL server, and nothing more? Run once, as an administrator.
-- Names to change: lapse_applier, orders_read. Set the password with \password, so that no file or log holds it.

CREATE ROLE lapse_applier LOGIN NOSUPERUSER NOCREATEDB NOREPLICATION CREATEROLE;

-- To end the sessions of a subject whose access is over.
GRANT pg_signal_backend TO lapse_applier;

-- For each role that may be lent: the applier can give it away, and cannot use it itself (PostgreSQL 16 and newer).
GRANT orders_read TO lapse_applier WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;

-- PostgreSQL 14 and 15 know no such options. There CREATEROLE is nearly superuser, so prefer 16 or newer:
-- GRANT orders_read TO lapse_applier WITH ADMIN OPTION;
