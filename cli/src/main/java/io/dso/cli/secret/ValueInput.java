package io.dso.cli.secret;

import io.dso.cli.Exit;
import io.dso.cli.Failure;
import io.dso.cli.Surroundings;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where a value comes from: a pipe or file, byte for byte, or a person who types it twice. */
final class ValueInput {
    private final Surroundings surroundings;

    ValueInput(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The caller closes it. */
    SecretBytes read(SecretPath path) {
        return surroundings.terminal().typed() ? ask(path) : readAll();
    }

    private SecretBytes readAll() {
        byte[] buffer = new byte[SecretBytes.MAX_BYTES + 1];
        try {
            int length = surroundings.in().readNBytes(buffer, 0, buffer.length);
            if (length == buffer.length) {
                throw new Failure(
                        Exit.BAD_DATA,
                        "a value has at most " + SecretBytes.MAX_BYTES + " bytes, this has more",
                        "standard input",
                        "store it in parts");
            }
            return SecretBytes.owning(Arrays.copyOf(buffer, length));
        } catch (IOException e) {
            throw new Failure(Exit.IO, "the value can't be read: " + e.getMessage(), "standard input", "", e);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    private SecretBytes ask(SecretPath path) {
        char[] once = surroundings.terminal().askHidden("value of " + path + ": ");
        char[] twice = new char[0];
        try {
            twice = surroundings.terminal().askHidden("once more: ");
            if (!Arrays.equals(once, twice)) {
                throw new Failure(Exit.USAGE, "the two values differ, nothing was set", "", "try again");
            }
            return encode(once);
        } finally {
            Arrays.fill(once, '\0');
            Arrays.fill(twice, '\0');
        }
    }

    private static SecretBytes encode(char[] text) {
        byte[] room = new byte[text.length * 3];
        try {
            var bytes = ByteBuffer.wrap(room);
            var result = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), bytes, true);
            if (!result.isUnderflow()) {
                result.throwException();
            }
            return SecretBytes.owning(Arrays.copyOf(room, bytes.position()));
        } catch (CharacterCodingException e) {
            throw new Failure(Exit.BAD_DATA, "what was typed is no text in UTF-8", "", "pipe it in", e);
        } finally {
            Arrays.fill(room, (byte) 0);
        }
    }
}
