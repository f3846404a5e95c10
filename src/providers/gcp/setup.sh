#!/bin/sh
# What does the applier need on a Google Cloud project, and nothing more? Run once, as an administrator of the project.
# Names to change: the three below. On a folder or organisation the same permissions are called resourcemanager.folders.*
# or resourcemanager.organizations.*, and the custom role belongs to the organisation.
set -eu

PROJECT=orders-production
APPLIER=lapse-applier
# Every role that entitlements name, and no other: at most 10 in one list, further lists joined by ||.
LENT="'roles/logging.viewer', 'roles/cloudsql.viewer'"

ACCOUNT="$APPLIER@$PROJECT.iam.gserviceaccount.com"
gcloud services enable cloudresourcemanager.googleapis.com iam.googleapis.com --project="$PROJECT"
# No key: let the apply and expire workflows in by workload identity federation, from the default branch only.
# https://github.com/google-github-actions/auth#workload-identity-federation-through-a-service-account
gcloud iam service-accounts create "$APPLIER" --project="$PROJECT"

# To read roles is to refuse those that would outlive their end.
gcloud iam roles create lapseApplier --project="$PROJECT" --title="Lapse applier" \
  --permissions=resourcemanager.projects.getIamPolicy,resourcemanager.projects.setIamPolicy,iam.roles.get

# Whatever happens to the applier, it can give and take these roles only.
# https://cloud.google.com/iam/docs/setting-limits-on-granting-roles
condition=$(mktemp)
trap 'rm -f "$condition"' EXIT
cat >"$condition" <<YAML
title: only what Lapse lends
expression: api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([$LENT])
YAML
gcloud projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$ACCOUNT" \
  --role="projects/$PROJECT/roles/lapseApplier" --condition-from-file="$condition"
