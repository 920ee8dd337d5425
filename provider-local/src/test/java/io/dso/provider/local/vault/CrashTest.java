package io.dso.provider.local.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
    private static final SecretPath NAME = new SecretPath("counter");
    private static final int KILLS = 25;

    @TempDir
    Path directory;

    /** The process that is killed: sets the counter again and again, each value made from its version's number. */
    public static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            var key = new KeySource.KeyFile(Path.of(arguments[1]));
            try (var vault = Vault.open(Path.of(arguments[0]), key)) {
                while (true) {
                    long next = vault.history(NAME).isEmpty()
                            ? 1
                            : vault.history(NAME).getFirst().number() + 1;
                    System.out.println(
                            vault.put(NAME, SecretBytes.owning(value(next))).number());
                }
            }
        }
    }

    @Test
    void a_writer_killed_at_any_moment_leaves_the_old_vault_or_the_new_one() throws Exception {
        var file = directory.resolve("v");
        var key = KeySource.createKeyFile(directory.resolve("k"));
        Vault.create(file, key, 3).close();
        var random = new Random(1);
        long confirmed = 0;

        for (int kill = 0; kill < KILLS; kill++) {
            confirmed =
                    Math.max(confirmed, runAndKill(file, key.file(), 1 + random.nextInt(4), random.nextInt(3_000_000)));

            try (var vault = Vault.open(file, key)) {
                long current = vault.current(NAME).orElseThrow().number();
                assertThat(current).as("what was confirmed is there").isGreaterThanOrEqualTo(confirmed);
                for (var version : vault.history(NAME)) {
                    try (var value = vault.read(NAME, version.number()).orElseThrow()) {
                        assertThat(value.<byte[]>use(byte[]::clone)).isEqualTo(value(version.number()));
                    }
                }
                vault.put(NAME, SecretBytes.owning(value(current + 1)));
            }
            try (var files = Files.list(directory)) {
                assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("v", "k", "v.lock");
            }
        }
    }

    /** @return the last version that the process confirmed before it was killed */
    private static long runAndKill(Path file, Path key, int lines, int nanos) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        file.toString(),
                        key.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = 0;
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < lines; i++) {
                last = Long.parseLong(out.readLine());
            }
            long until = System.nanoTime() + nanos; // no wait for something: the moment of the kill is the test's input
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            process.toHandle().destroyForcibly(); // Process's own would close the pipe, with what is still in it
            process.waitFor();
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                last = line.isEmpty() ? last : Long.parseLong(line);
            }
        }
        return last;
    }

    private static byte[] value(long number) {
        byte[] value = new byte[40_000 + (int) (number % 7) * 1000];
        new Random(number).nextBytes(value);
        return value;
    }
}
