# Reads Surefire's XML reports: prints "SKIPPED test: reason" and "FAILED test: message", or with counts=1 the three sums.

function attribute(line, name,    at) {
  at = index(line, " " name "=\"")
  if (!at) return ""
  line = substr(line, at + length(name) + 3)
  return substr(line, 1, index(line, "\"") - 1)
}

function plain(text) {
  gsub(/&#10;/, " ", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text); gsub(/&#9;/, " ", text); gsub(/&amp;/, "\\&", text)
  return length(text) > 300 ? substr(text, 1, 300) " …" : text
}

# Its message, or else the first line of the stack trace without the name of the exception.
function why(line,    text) {
  text = attribute(line, "message")
  if (text == "" && sub(/.*<!\[CDATA\[/, "", line)) {
    sub(/\]\]>.*/, "", line); sub(/^[A-Za-z0-9_.$]+: /, "", line)
    text = line
  }
  return plain(text)
}

/^<testsuite / || /<testsuite .*tests="/ {
  tests += attribute($0, "tests"); failures += attribute($0, "failures")
  errors += attribute($0, "errors"); skips += attribute($0, "skipped")
}
/<testcase / {
  class = attribute($0, "classname"); sub(/.*\./, "", class)
  name = class " " attribute($0, "name")
}
/<skipped/ && !counts { print "SKIPPED " plain(name) ": " why($0) }
(/<failure/ || /<error/) && !counts { print "FAILED  " plain(name) ": " why($0) }

END { if (counts) print tests - failures - errors - skips, failures + errors, skips + 0 }
