package io.dso.agent.bundle;

import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.VersionId;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What exactly a bundle holds at one time: which version of each secret, in which shape.
 *
 * @param number our own count, from 1; it means something on this host only
 * @param shape identifies how the bundle is rendered (files, format, owner, mode), see {@link #shapeOf}
 * @param secrets the stores' versions
 */
public record BundleVersion(int number, String shape, Map<SecretRef, VersionId> secrets) {
    public BundleVersion {
        secrets = Map.copyOf(secrets);
    }

    /** Same content, whatever the number. */
    public boolean sameContent(BundleVersion other) {
        return shape.equals(other.shape) && secrets.equals(other.secrets);
    }

    /** Text that changes when the configuration changes what the files look like, and with nothing else. */
    public static String shapeOf(Bundle bundle) {
        var files = bundle.items().stream()
                .map(item -> item.file() + "=" + item.ref())
                .collect(Collectors.joining(" "));
        var format = switch (bundle.format()) {
            case Bundle.Format.Files() -> "files";
            case Bundle.Format.Json(var file) -> "json(" + file + ")";
        };
        var owner = bundle.owner();
        return "%s %d:%d %o %s".formatted(format, owner.uid(), owner.gid(), bundle.mode(), files);
    }

    @Override
    public String toString() {
        return "v" + number;
    }
}
