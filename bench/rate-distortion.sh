#!/usr/bin/env bash
set -euo pipefail
exec swift run --package-path "$(dirname "$0")/.." -c release measure rate-distortion "$@"
