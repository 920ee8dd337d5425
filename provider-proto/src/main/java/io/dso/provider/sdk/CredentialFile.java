package io.dso.provider.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;

/** Reads a credential, each time anew: such files are replaced while we run. */
public final class CredentialFile {
    private static final int MOST = 64 * 1024;

    /** Who else may read the file. */
    public enum Readers {
        /** A platform writes it, with modes of its own. */
        ANY,
        /** Owner and group at most. */
        NOT_OTHERS
    }

    /**
     * All of a file but white space at its end, at most 64 KiB; the caller wipes it.
     *
     * @throws StoreException UNAUTHENTICATED if it can't be had
     */
    public static byte[] read(Path file, Readers readers) throws StoreException {
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
        byte[] buffer = new byte[MOST + 1];
        try (InputStream in = Files.newInputStream(file)) {
            int length = in.readNBytes(buffer, 0, buffer.length);
            if (length > MOST) {
                throw StoreException.unauthenticated(file + " is too long");
            }
            while (length > 0 && buffer[length - 1] <= ' ' && buffer[length - 1] >= 0) {
                length--;
            }
            if (length == 0) {
                throw StoreException.unauthenticated(file + " is empty");
            }
            return Arrays.copyOf(buffer, length);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    private CredentialFile() {}
}
