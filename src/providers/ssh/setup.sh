#!/bin/sh
# What does an SSH certificate authority for Lapse need, and what do its hosts need? (run once, as the applier's account)
# usage: setup.sh DIRECTORY
#   DIRECTORY: on a file system with atomic renames and exclusive creation (local, NFS, SMB, CephFS), written to by the
#   applier alone and read by hosts and people. From a bucket, serve copies of it: a bucket itself has neither.
set -eu
directory="$1"
umask 022

mkdir -p "$directory"
for shelf in certificates issued revoked tmp; do mkdir -p "$directory/$shelf"; done

# The private key goes into the applier's secret (LAPSE_SSH_CA_KEY) and nowhere else: whoever has it can be anybody on
# these hosts. Take a CA of its own for Lapse.
if [ ! -e "$directory/ca.pub" ]; then
  private="$(mktemp -d)"
  ssh-keygen -q -t ed25519 -N '' -C 'lapse users' -f "$private/ca"
  mv "$private/ca.pub" "$directory/ca.pub"
  echo "$private/ca holds the private key: move it into the secret, then remove the file"
fi

# Hosts that read a list let nobody in while it is missing.
[ -e "$directory/revoked.krl" ] || ssh-keygen -q -k -f "$directory/revoked.krl"

# On each host, in /etc/ssh/sshd_config.d/lapse.conf:
#
#   TrustedUserCAKeys /etc/ssh/lapse/ca.pub
#   RevokedKeys /etc/ssh/lapse/revoked.krl
#   AuthorizedPrincipalsFile /etc/ssh/principals/%u
#   # Without this line whoever logs in can add a key of his own to the account, and keep his access.
#   AuthorizedKeysFile none
#
# where /etc/ssh/lapse is the directory, mounted read-only, or a copy that is fetched every minute (write it to another
# name and rename it: half a list lets nobody in), and /etc/ssh/principals/deploy says who may log in as deploy:
#
#   echo deploy > /etc/ssh/principals/deploy
#
# Never restore the directory from a backup while certificates from after the backup are valid: what was revoked since
# would be good again.
