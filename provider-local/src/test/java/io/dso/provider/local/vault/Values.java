package io.dso.provider.local.vault;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Values that careless code changes. */
final class Values {
    private Values() {}

    static Stream<Arguments> odd() {
        byte[] mebibyte = new byte[1 << 20];
        new Random(7).nextBytes(mebibyte);
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("NUL", new byte[] {0}),
                Arguments.of("1 MiB random", mebibyte),
                Arguments.of("emoji", text("gr\u00fc\u00dfe \ud83d\udd11")),
                Arguments.of("shell's favourites", text("p$w\"o'r\\d")),
                Arguments.of("trailing newline", text("line\n")),
                Arguments.of("only zeros", new byte[300]),
                Arguments.of("PEM", text("-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n")));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static SecretBytes secret(byte[] bytes) {
        return SecretBytes.owning(bytes.clone());
    }

    static SecretBytes secret(String text) {
        return SecretBytes.owning(text(text));
    }
}
