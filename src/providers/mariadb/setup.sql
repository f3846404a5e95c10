-- What does the applier need on a MariaDB server, and nothing more? Run once, as an administrator.
-- Names to change: lapse_applier and the host it comes from, orders_read. Give the account its password afterwards
-- with SET PASSWORD, so that no file holds it. Its plugin must be mysql_native_password.
-- Make that password long and random, e.g. with `openssl rand -hex 32`: the plugin's hash has no salt, so whoever sees
-- it (in a backup, in the binary log) guesses a short one, and from then on has every account of this server.

-- Whoever may create users may on MariaDB also change the passwords of all others: guard this account as you would
-- guard root. Name the one host that it comes from instead of %.
CREATE USER `lapse_applier`@`10.0.0.5` IDENTIFIED VIA mysql_native_password USING 'invalid' REQUIRE SSL;
GRANT CREATE USER ON *.* TO `lapse_applier`@`10.0.0.5`;

-- To end the sessions of a subject whose access is over: they would keep part of it.
GRANT CONNECTION ADMIN ON *.* TO `lapse_applier`@`10.0.0.5`;

-- To see who has which role. No password hashes: those are in other columns.
GRANT SELECT ON mysql.roles_mapping TO `lapse_applier`@`10.0.0.5`;
GRANT SELECT (User, Host, is_role) ON mysql.user TO `lapse_applier`@`10.0.0.5`;

-- What Lapse notes about each role that it made. Nobody else needs to write here.
CREATE DATABASE lapse;
CREATE TABLE lapse.grants (
  role VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY,
  note TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
) ENGINE = InnoDB;
GRANT SELECT, INSERT, UPDATE, DELETE ON lapse.grants TO `lapse_applier`@`10.0.0.5`;

-- For each role that may be lent: the applier can give it away. (On MariaDB it could then also use it itself.)
GRANT orders_read TO `lapse_applier`@`10.0.0.5` WITH ADMIN OPTION;
