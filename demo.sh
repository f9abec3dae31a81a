# The demo: build, check, count, and two stories. Called by `make demo`.
set -eu
kvgraph="$1"
store="$2"
mkdir -p "$(dirname "$store")"

# Bold on a terminal alone, so that a log stays plain text.
bold=''; plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m'); plain=$(printf '\033[0m'); fi
title() { printf '\n%s%s%s\n\n' "$bold" "$1" "$plain"; }

title "1. Building the graph from the shipped packages"
"$kvgraph" build -o "$store"

title "2. Checking it against the shapes of the ontology"
"$kvgraph" check --store "$store"

title "3. What is in it, and where it comes from"
"$kvgraph" info --store "$store"

title "4. How Barcelona's anti-rumour practice travelled"
"$kvgraph" reach --store "$store" --from es-barcelona --practice pr-antirumour
echo
"$kvgraph" paths --store "$store" --from es-barcelona --to de-hamburg-altona
echo
"$kvgraph" paths --store "$store" --from es-barcelona --to gr-ioannina --why-not

title "5. Who in Finland learned what from whom, as far as these packages know"
"$kvgraph" query of-country --country FI --store "$store"
echo
"$kvgraph" reach --store "$store" --to country-fi --level member-state --stage visited
echo
"$kvgraph" reach --store "$store" --from country-fi
echo
echo "Whom Finland met at peer reviews (a visit is no transfer):"
echo
"$kvgraph" query exposure --actor country-fi --store "$store"

title "Try next"
cat <<END
  $kvgraph paths --from us-new-york --to nl-amsterdam --lang fi
  $kvgraph queries
  $kvgraph show country-fi
END
