package io.dso.provider.sdk;

import java.util.List;

/**
 * One secret store: what an author of a provider implements.
 *
 * <p>Calls come on virtual threads, several at once: write blocking code, thread-safe. When the agent gives up or its
 * deadline passes, the thread is interrupted; the answer is of no interest then. Whatever is thrown besides
 * {@link StoreException} counts as a bug of the provider and reaches the agent as its class's name alone, because
 * messages of unforeseen exceptions may quote values.
 */
public interface SecretStore extends AutoCloseable {

    /** Who this is and what it can do. Asked once, at start; doesn't ask the store. */
    Description describe();

    /**
     * The current versions, one answer for each name in the same order. Metadata only: reads no value where the store
     * allows that.
     *
     * @param names 1 to 1,000, without repeats
     * @throws StoreException if the store as a whole fails; failures of single secrets are answers
     */
    List<VersionAnswer> versions(List<SecretName> names) throws StoreException, InterruptedException;

    /**
     * The value of exactly this version, byte for byte, at most {@link Limits#VALUE_BYTES}.
     *
     * @return an array of its own: the SDK overwrites it once it was sent
     * @throws StoreException NOT_FOUND also when the store no longer has this version
     */
    byte[] fetch(SecretName name, String version) throws StoreException, InterruptedException;

    /**
     * Reports changes until the thread is interrupted: calls {@link Changes#armed()} as soon as nothing can be missed
     * any more, then {@link Changes#changed} whenever something may have changed. Returning or throwing makes the agent
     * watch again, later. Called only with {@link Description.Ability#WATCH}.
     */
    default void watch(List<SecretName> names, Changes changes) throws StoreException, InterruptedException {
        throw StoreException.invalid("this store can't watch");
    }

    /** Tries credentials and reachability. */
    void check() throws StoreException, InterruptedException;

    /** Gives everything back; no call is running any more, unless it didn't heed its interruption. */
    @Override
    default void close() {}
}
