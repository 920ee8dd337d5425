package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.local.vault.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a value, and nothing else, to standard output. */
@Command(
        name = "get",
        description = "Write a secret's value to standard output, byte for byte. --output has no say here.")
final class GetSecret implements Callable<Integer> {
    private final SecretCommand secret;

    @Parameters(paramLabel = "NAME", description = "Which one.")
    private String name = "";

    @Option(names = "--version", paramLabel = "V", description = "An older one. Default: the current one.")
    private @Nullable String version;

    @Option(names = "--force", description = "Write to a terminal even what is not text.")
    private boolean force;

    GetSecret(SecretCommand secret) {
        this.secret = secret;
    }

    @Override
    public Integer call() {
        var path = SecretCommand.path(name);
        try (var value = secret.with(vault -> read(vault, path))) {
            var surroundings = secret.surroundings();
            if (surroundings.terminal().shown() && !force && !value.use(GetSecret::isText)) {
                throw new Failure(
                        Exit.USAGE,
                        "the value of " + path + " is not text, and could confuse the terminal",
                        "",
                        "send it to a file or a pipe, or use --force");
            }
            value.writeTo(surroundings.out());
            return Exit.OK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SecretBytes read(Vault vault, SecretPath path) {
        try (var snapshot = vault.snapshot()) {
            if (version == null) {
                return snapshot.current(path)
                        .map(Version::number)
                        .flatMap(number -> snapshot.read(path, number))
                        .orElseThrow(() -> secret.unknown(path));
            }
            return number(version)
                    .flatMap(number -> snapshot.read(path, number))
                    .orElseThrow(() -> new Failure(
                            Exit.NOT_FOUND,
                            "there is no value of version " + version + " of " + path,
                            secret.file().toString(),
                            "dso secret history " + path));
        }
    }

    private static Optional<Long> number(String version) {
        try {
            return Optional.of(Long.parseLong(version));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** UTF-8 without control characters other than those that lay out text. */
    private static boolean isText(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\t' && b != '\r' || b == 0x7f) {
                return false;
            }
        }
        var in = ByteBuffer.wrap(bytes);
        var sink = CharBuffer.allocate(1024);
        var decoder = StandardCharsets.UTF_8.newDecoder();
        try {
            while (true) {
                var result = decoder.decode(in, sink, true);
                if (result.isError()) {
                    return false;
                }
                if (result.isUnderflow()) {
                    return true;
                }
                sink.clear();
            }
        } finally {
            Arrays.fill(sink.array(), '\0');
        }
    }
}
