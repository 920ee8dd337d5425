package io.dso.provider.local.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * Which file this is: equal means that nothing was written, since a vault is always replaced and never changed in place.
 *
 * @param key device and inode
 */
public record FileIdentity(Object key, long size, FileTime modified) {

    /** @throws IOException if there is no such file, or it can't be looked at */
    public static FileIdentity of(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileIdentity(
                Objects.requireNonNull(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
    }
}
