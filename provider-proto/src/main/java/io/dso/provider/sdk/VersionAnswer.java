package io.dso.provider.sdk;

import java.util.ArrayList;
import java.util.List;

/** What the store says about the current version of one secret. */
public sealed interface VersionAnswer {

    /**
     * The store's own name of the current version.
     *
     * @param version 1 to 256 characters; changes whenever the value changes, and is compared for equality alone
     */
    record Current(String version) implements VersionAnswer {
        public Current {
            if (version.isBlank() || version.length() > 256) {
                throw new IllegalArgumentException("a version needs 1 to 256 characters, has " + version.length());
            }
        }
    }

    /** There is none to be had. */
    record Failed(StoreFailure failure) implements VersionAnswer {}

    /** Asks for one after the other: for stores that have no call for many. A failure ends none but its own. */
    static List<VersionAnswer> each(List<SecretName> names, Lookup lookup) throws InterruptedException {
        var answers = new ArrayList<VersionAnswer>(names.size());
        for (var name : names) {
            try {
                answers.add(new Current(lookup.version(name)));
            } catch (StoreException e) {
                answers.add(new Failed(e.failure()));
            }
        }
        return List.copyOf(answers);
    }

    /** The current version of one secret. */
    interface Lookup {
        String version(SecretName name) throws StoreException, InterruptedException;
    }
}
