package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Values that break what isn't careful, by the name of the secret that holds them. */
final class OddBytes {
    private OddBytes() {}

    static Map<String, byte[]> all() {
        var values = new LinkedHashMap<String, byte[]>();
        values.put("empty", new byte[0]);
        values.put("nul", new byte[] {0});
        values.put("mebibyte", random(1 << 20));
        values.put("emoji", "pässwörd 🔑🐳".getBytes(UTF_8));
        values.put("quotes", "p$w\"o'r\\d".getBytes(UTF_8));
        values.put("newline", "trailing newline\n".getBytes(UTF_8));
        values.put("pem", pem());
        return values;
    }

    /** The same bytes in each run. */
    static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] pem() {
        var body = java.util.Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(random(1200));
        return ("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n").getBytes(UTF_8);
    }
}
