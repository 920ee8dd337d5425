package io.dso.provider.local.vault;

import io.dso.provider.local.vault.VaultException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Where a vault's key comes from: a file that nobody but its owner may read. */
public sealed interface KeySource {
    /** Where it is. */
    Path file();

    /** 32 bytes, raw or as 64 hexadecimal digits with at most one line end. */
    record KeyFile(Path file) implements KeySource {}

    /** 8 to 1,024 bytes; one line end after them doesn't count. */
    record PassphraseFile(Path file) implements KeySource {}

    /** Bytes of a key. */
    int KEY_BYTES = 32;

    /** The most bytes such a file has. */
    int MAX_FILE_BYTES = 1026;

    /**
     * Reads what the file holds: the key or the passphrase. The caller wipes it.
     *
     * @throws VaultException if it is missing, open to others, or doesn't hold a key
     */
    default byte[] load() {
        byte[] content = readPrivate(file());
        try {
            return switch (this) {
                case KeyFile _ -> key(content, file());
                case PassphraseFile _ -> passphrase(content, file());
            };
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /**
     * Makes a key file with a new random key, mode 0600.
     *
     * @throws VaultException if there is a file already: a key that is overwritten takes its vault with it
     */
    static KeyFile createKeyFile(Path file) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        // A direct buffer: for any other, the channel copies the bytes to one of its own, which nobody wipes.
        var text = ByteBuffer.allocateDirect(2 * KEY_BYTES + 1);
        for (byte b : key) {
            text.put((byte) Character.forDigit((b >> 4) & 15, 16)).put((byte) Character.forDigit(b & 15, 16));
        }
        text.put((byte) '\n').flip();
        var mode = PosixFilePermissions.asFileAttribute(
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(file, options, mode)) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
            return new KeyFile(file);
        } catch (FileAlreadyExistsException e) {
            throw new VaultException(
                    Reason.PRESENT, "the key file is there already", file.toString(), "use it, or name another", e);
        } catch (IOException e) {
            throw Replacement.refused("the key file can't be written", file, e);
        } finally {
            Arrays.fill(key, (byte) 0);
            wipe(text);
        }
    }

    private static byte[] readPrivate(Path file) {
        var buffer = ByteBuffer.allocateDirect(MAX_FILE_BYTES + 1);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            requirePrivate(file);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Until the end, or one byte more than there may be.
            }
            byte[] content = new byte[buffer.flip().remaining()];
            buffer.get(content);
            return content;
        } catch (NoSuchFileException e) {
            throw new VaultException(
                    Reason.ABSENT, "there is no key file", file.toString(), "make one: dso secret init", e);
        } catch (IOException e) {
            throw Replacement.refused("the key file can't be read", file, e);
        } finally {
            wipe(buffer);
        }
    }

    private static void requirePrivate(Path file) throws IOException {
        int mode = (Integer) Files.getAttribute(file, "unix:mode") & 0777;
        if ((mode & 077) != 0) {
            throw new VaultException(
                    Reason.KEY_TOO_OPEN,
                    "the key file has mode 0%03o, so others than its owner have access".formatted(mode),
                    file.toString(),
                    "chmod 0600 " + file);
        }
    }

    private static byte[] key(byte[] content, Path file) {
        if (content.length == KEY_BYTES) {
            return content.clone();
        }
        int digits = withoutLineEnd(content);
        if (digits == 2 * KEY_BYTES) {
            byte[] key = new byte[KEY_BYTES];
            int invalid = 0;
            for (int i = 0; i < KEY_BYTES; i++) {
                int high = Character.digit(content[2 * i], 16);
                int low = Character.digit(content[2 * i + 1], 16);
                invalid |= high | low;
                key[i] = (byte) (high << 4 | low);
            }
            if (invalid >= 0) {
                return key;
            }
            Arrays.fill(key, (byte) 0);
        }
        throw new VaultException(
                Reason.KEY_MALFORMED,
                "the key file holds neither 32 bytes nor 64 hexadecimal digits",
                file.toString(),
                "restore it, or make a new key and vault: dso secret init");
    }

    private static byte[] passphrase(byte[] content, Path file) {
        int length = withoutLineEnd(content);
        if (length < 8 || length > 1024) {
            throw new VaultException(
                    Reason.KEY_MALFORMED,
                    "a passphrase has 8 to 1024 bytes, this has " + (length > 1024 ? "more" : length),
                    file.toString(),
                    "write a longer one: head -c 24 /dev/urandom | base64");
        }
        return Arrays.copyOf(content, length);
    }

    private static int withoutLineEnd(byte[] content) {
        int end = content.length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    private static void wipe(ByteBuffer buffer) {
        buffer.clear();
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
    }
}
