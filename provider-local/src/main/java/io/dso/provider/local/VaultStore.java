package io.dso.provider.local;

import io.dso.provider.local.vault.FileIdentity;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Snapshot;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.local.vault.VaultException;
import io.dso.provider.local.vault.Version;
import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.JsonMember;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.SecretStore;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.VersionAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The vault as a store. Keeps the vault's index in memory, never a value, and reads the file anew only when it is another
 * one. A vault that is missing or damaged is an answer to each question until it is whole again.
 */
final class VaultStore implements SecretStore {
    private final Path file;
    private final Vault vault;
    private final ReentrantLock lock = new ReentrantLock();

    /** The newest state that was read; under the lock. */
    private @Nullable Snapshot snapshot;

    VaultStore(Path file, Vault vault) {
        this.file = file;
        this.vault = vault;
    }

    /** Reads the vault ahead of the first question, aside: making a key of a passphrase takes a moment. */
    VaultStore prepared() {
        Thread.ofVirtual().name("prepare").start(() -> {
            try {
                check();
            } catch (StoreException | InterruptedException e) {
                // Whoever asks is told.
            }
        });
        return this;
    }

    @Override
    public Description describe() {
        return new Description(
                "local",
                Description.versionBeside(VaultStore.class),
                Set.of(Description.Ability.WATCH, Description.Ability.OLD_VERSIONS));
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws StoreException, InterruptedException {
        return ask(now -> VersionAnswer.each(
                names,
                name -> now.current(path(name)).orElseThrow(() -> unknown(name)).id()));
    }

    @Override
    public byte[] fetch(SecretName name, String version) throws StoreException, InterruptedException {
        return ask(now -> {
            byte[] whole = {};
            try (var value = read(now, name, version)) {
                whole = value.use(byte[]::clone);
                return JsonMember.of(whole, name);
            } finally {
                Arrays.fill(whole, (byte) 0);
            }
        });
    }

    private static SecretBytes read(Snapshot now, SecretName name, String version) throws StoreException {
        return number(version)
                .flatMap(number -> {
                    try {
                        return now.read(new SecretPath(name.path()), number);
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                })
                .orElseThrow(() ->
                        StoreException.notFound("there is no value of version " + version + " of " + name.path()));
    }

    private static Optional<Long> number(String version) {
        try {
            long number = Long.parseLong(version);
            return Long.toString(number).equals(version) ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static SecretPath path(SecretName name) throws StoreException {
        try {
            return new SecretPath(name.path());
        } catch (IllegalArgumentException e) {
            throw unknown(name); // no vault ever had a secret of such a name
        }
    }

    private static StoreException unknown(SecretName name) {
        return StoreException.notFound("there is no secret " + name.path() + "; dso secret set " + name.path());
    }

    @Override
    public void check() throws StoreException, InterruptedException {
        ask(Snapshot::names);
    }

    @Override
    public void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        try (var watched = new WatchedFile(file)) {
            var known = new HashMap<SecretName, String>();
            look(names, known);
            changes.armed();
            while (true) {
                watched.awaitChange();
                var changed = look(names, known);
                if (!changed.isEmpty()) {
                    changes.changed(changed);
                }
            }
        } catch (IOException e) {
            throw StoreException.unavailable("the vault can't be watched: " + e.getMessage());
        }
    }

    /** Compares what is there with what was known, and remembers it. A vault that can't be read changed nothing yet. */
    private List<SecretName> look(List<SecretName> names, Map<SecretName, String> known) throws InterruptedException {
        try {
            return ask(now -> {
                var changed = names.stream()
                        .filter(name -> !current(now, name).equals(known.getOrDefault(name, "")))
                        .toList();
                changed.forEach(name -> known.put(name, current(now, name)));
                return changed;
            });
        } catch (StoreException e) {
            return List.of();
        }
    }

    /** The current version; empty if there is none. */
    private static String current(Snapshot now, SecretName name) {
        try {
            return now.current(path(name)).map(Version::id).orElse("");
        } catch (StoreException e) {
            return "";
        }
    }

    /** What can be asked of the newest state. */
    private interface Question<R> {
        R ask(Snapshot now) throws StoreException, InterruptedException;
    }

    private <R> R ask(Question<R> question) throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return question.ask(newest());
        } catch (VaultException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    private static StoreException failure(VaultException e) {
        var why = e.what() + " (" + e.where() + ")" + (e.fix().isEmpty() ? "" : "; fix: " + e.fix());
        return switch (e.reason()) {
            case KEY_TOO_OPEN, KEY_MALFORMED, KEY_WRONG -> StoreException.unauthenticated(why);
            case ABSENT, PRESENT, UNREADABLE, DAMAGED, TOO_NEW, LOCKED, TOO_LARGE -> StoreException.unavailable(why);
        };
    }

    /** Reads the file if it is another one than the one we know. */
    private Snapshot newest() {
        var known = snapshot;
        if (known != null && isStill(known)) {
            return known;
        }
        forget();
        var fresh = vault.snapshot();
        snapshot = fresh;
        return fresh;
    }

    private boolean isStill(Snapshot known) {
        try {
            return FileIdentity.of(file).equals(known.identity());
        } catch (IOException e) {
            return false; // the attempt to read it says why
        }
    }

    private void forget() {
        if (snapshot != null) {
            snapshot.close();
        }
        snapshot = null;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            forget();
            vault.close();
        } finally {
            lock.unlock();
        }
    }
}
