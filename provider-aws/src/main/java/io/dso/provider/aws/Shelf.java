package io.dso.provider.aws;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.util.Collection;
import java.util.Map;

/** One service at one place. Thread-safe. */
sealed interface Shelf permits SecretShelf, ParameterShelf {

    /**
     * The current versions, one answer for each address: metadata alone. What fails on the way is an answer too, so that
     * what was learned before isn't lost.
     */
    Map<Address, VersionAnswer> versions(Collection<Address> addresses) throws InterruptedException;

    /**
     * The value of one version.
     *
     * @param name what was asked for: names the member that is wanted, and is quoted in failures
     * @return an array of its own
     */
    byte[] fetch(Address address, SecretName name, String version) throws StoreException, InterruptedException;

    /** Tries credentials and reachability; permissions don't matter. */
    void check() throws StoreException, InterruptedException;

    /** The outcome of asking for something that isn't there: any answer of the service's own is good enough. */
    static void proveAnswered(StoreException e) throws StoreException {
        var kind = e.failure().kind();
        if (kind != StoreFailure.Kind.NOT_FOUND && kind != StoreFailure.Kind.DENIED) {
            throw e;
        }
    }
}
