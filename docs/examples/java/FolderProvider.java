package io.example;

import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.ProviderProcess;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.SecretStore;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.VersionAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Secrets that lie as files in a folder: {@code {"folder": "/run/credentials"}}. A file's version is its identity. */
public final class FolderProvider implements SecretStore {
    private final Path folder;

    private FolderProvider(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) {
        ProviderProcess.run(arguments, config -> new FolderProvider(config.path("folder")));
    }

    @Override
    public Description describe() {
        return new Description("folder", "1.0", Set.of());
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws InterruptedException {
        return VersionAnswer.each(names, name -> version(file(name)));
    }

    @Override
    public byte[] fetch(SecretName name, String version) throws StoreException {
        var file = file(name);
        try {
            byte[] value = Files.readAllBytes(file);
            if (version(file).equals(version)) { // looked at after reading: it is the value of no other
                return value;
            }
            Arrays.fill(value, (byte) 0);
            throw StoreException.notFound(name + " has no version " + version + " any more");
        } catch (IOException e) {
            throw failure(name.path(), e);
        }
    }

    @Override
    public void check() throws StoreException {
        if (!Files.isReadable(folder)) {
            throw StoreException.unavailable(folder + " can't be read");
        }
    }

    private Path file(SecretName name) throws StoreException {
        var file = folder.resolve(name.path()).normalize();
        if (!name.key().isEmpty() || !file.startsWith(folder) || name.path().startsWith("/")) {
            throw StoreException.notFound("there is no " + name);
        }
        return file;
    }

    private static String version(Path file) throws StoreException {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw StoreException.notFound(file.getFileName() + " is no file");
            }
            return attributes.lastModifiedTime().toString() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            throw failure(String.valueOf(file.getFileName()), e);
        }
    }

    private static StoreException failure(String name, IOException e) {
        return e instanceof NoSuchFileException
                ? StoreException.notFound("there is no " + name)
                : StoreException.unavailable(name + " can't be read: " + e.getClass().getSimpleName());
    }
}
