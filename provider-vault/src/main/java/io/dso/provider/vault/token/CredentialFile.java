package io.dso.provider.vault.token;

import io.dso.provider.sdk.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;

/** Reads a credential. The caller wipes it. */
final class CredentialFile {
    private static final int MOST = 64 * 1024;

    /** Who else may read the file. */
    enum Readers {
        /** A platform writes it, with modes of its own. */
        ANY,
        /** Owner and group at most. */
        NOT_OTHERS
    }

    /** All of a file but white space at its end. */
    static byte[] read(Path file, Readers readers) throws StoreException {
        try {
            if (readers == Readers.NOT_OTHERS
                    && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                throw StoreException.unauthenticated(
                        file + " can be read by everybody, so what it holds is no secret; chmod 0600 " + file);
            }
            return read(file);
        } catch (NoSuchFileException e) {
            throw StoreException.unauthenticated("there is no " + file);
        } catch (IOException e) {
            throw StoreException.unauthenticated(
                    file + " can't be read: " + e.getClass().getSimpleName());
        }
    }

    private static byte[] read(Path file) throws IOException, StoreException {
        byte[] buffer = new byte[MOST];
        try (InputStream in = Files.newInputStream(file)) {
            int length = in.readNBytes(buffer, 0, MOST);
            while (length > 0 && buffer[length - 1] <= ' ' && buffer[length - 1] >= 0) {
                length--;
            }
            if (length == 0 || length == MOST) {
                throw StoreException.unauthenticated(file + (length == 0 ? " is empty" : " is too long"));
            }
            return Arrays.copyOf(buffer, length);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    private CredentialFile() {}
}
