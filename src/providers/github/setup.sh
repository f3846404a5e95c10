#!/bin/sh
# What does an owner of the organisation set up once, so that Lapse can lend teams? (needs GitHub's own gh, signed in)
set -eu
org=${1:?organisation}
team=${2:?slug of the team to lend, which must not exist yet}
owner=${3:?the owner in policies/lapse.yaml}

# 1. The applier. Register a GitHub App owned by the organisation, without a webhook, with nothing but
#      kind github:               Organization permissions, Members: read and write; Custom organization roles: read
#      kind github-collaborator:  Organization permissions, Members: read
#                                 Repository permissions, Administration: read and write; install it on those repositories only
#    and put its id and private key into the environment of the apply and expire jobs, which only main may use.
#    https://github.com/organizations/ORG/settings/apps/new

# 2. The team: no members, no child teams, admin of nothing. The description says that it is Lapse's alone.
gh api --method POST "orgs/$org/teams" -f name="$team" -f privacy=closed \
  -f description="Temporary access only. lapse:$owner" --silent

# 3. Whoever makes a team may be made its maintainer, and could add anybody. Owners need no membership.
gh api "orgs/$org/teams/$team/members" --paginate --jq '.[].login' | while read -r login; do
  gh api --method DELETE "orgs/$org/teams/$team/memberships/$login" --silent
done

# 4. What the team may do: give it repositories, or make it a required reviewer of an environment (Settings,
#    Environments, Required reviewers, "Prevent self-review"), so that a request lends the right to approve deployments.
