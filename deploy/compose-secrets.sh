#!/bin/sh
# Makes the folder of secrets that deploy/compose.yaml reads: compose-secrets.sh FOLDER
# Nothing is replaced: a second run on the same folder is refused. ASSESSOR names the command that makes the
# signing key; by default it is the image's.
set -eu

folder=${1:?usage: compose-secrets.sh FOLDER}
if [ -e "$folder" ]; then
    echo "$folder exists; keys that something is stored under must not be lost, so make another folder." >&2
    exit 1
fi

random() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }

mkdir -m 700 "$folder"
cd "$folder"
password=$(random 24 | tr '+/' '-_')
printf '%s' "$password" >postgres_password
printf 'postgresql://assessor:%s@postgres/assessor' "$password" >database_url
random 32 >master_key
# Without quotes on purpose: it is a command with its arguments.
# shellcheck disable=SC2086
${ASSESSOR:-docker run --rm --network none --user $(id -u):$(id -g) --volume $PWD:/made --workdir /made \
    assessor:0.1.0} signing-key make signing_key >&2
# The folder is shut to others on this machine; inside, the service is another user than the one who made them.
chmod 444 postgres_password database_url master_key signing_key
echo "Made. Keep a copy apart from the database's backups, and start with ASSESSOR_SECRETS=$PWD." >&2
