#!/bin/sh
# Gives a branch its own Dagster deployment and waits until its code location has loaded.
#
# Set by you:     DAGSTER_CLOUD_ORGANIZATION (or DAGSTER_CLOUD_URL), DAGSTER_CLOUD_API_TOKEN (a secret),
#                 IMAGE (with your code, pushed by the step before)
# Set by your CI: the branch, under a name of its own; give it as BRANCH. The checkout itself is usually on no
#                 branch, so Git cannot tell.
set -eu

: "${BRANCH:?set it to the branch that is built, for example from BUILDKITE_BRANCH or GIT_BRANCH}"
: "${IMAGE:?set it to the image that holds the code}"

NAME=$(offshoot branch-deployment create-or-update --read-git-state --branch-name "$BRANCH")

offshoot deployment add-location --deployment "$NAME" \
    --location-file "${LOCATION_FILE:-locations.yaml}" --location-name "${LOCATION_NAME:-etl}" \
    --image "$IMAGE"
