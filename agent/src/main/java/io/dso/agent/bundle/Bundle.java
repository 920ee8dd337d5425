package io.dso.agent.bundle;

import io.dso.agent.secret.SecretRef;
import java.util.List;

/**
 * What a volume holds.
 *
 * @param name unique in the configuration
 * @param items at least one, with different files
 * @param format how values become files
 * @param owner who owns the files in the container
 * @param mode permission bits of the files, e.g. {@code 0400}
 * @param allow who may mount it
 * @param reload what is done with a running container after a change
 * @param onUnavailable what a start gets while the values can't be had
 */
public record Bundle(
        String name,
        List<Item> items,
        Format format,
        Owner owner,
        int mode,
        Grant allow,
        ReloadPolicy reload,
        OnUnavailable onUnavailable) {

    public Bundle {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("bundle " + name + " has no secrets");
        }
    }

    /** The secrets it needs, without repeats. */
    public List<SecretRef> refs() {
        return items.stream().map(Item::ref).distinct().toList();
    }

    /**
     * One secret of a bundle.
     *
     * @param file the file's name with format {@code files}, the member's name with {@code json}; no slash, not
     *     starting with {@code ..}
     */
    public record Item(SecretRef ref, String file) {}

    /** Numeric owner of files. */
    public record Owner(int uid, int gid) {}

    /** How values become files. */
    public sealed interface Format {
        /** One file a secret, its bytes unchanged. */
        record Files() implements Format {}

        /**
         * One JSON object, a member a secret; a value that isn't UTF-8 is refused.
         *
         * @param file the file's name
         */
        record Json(String file) implements Format {}
    }

    /** What a start gets while the values can't be had. */
    public enum OnUnavailable {
        /** The start is refused with the reason. */
        FAIL,
        /** The newest version that some mount on this host still has in RAM, else the start is refused. */
        LAST_GOOD
    }
}
