package io.dso.provider.aws;

import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import java.util.List;
import java.util.Map;

/**
 * A secret's versions and which stages each has: what can be known of it without its value.
 *
 * @param byVersion stages by version; versions that have none aren't told by the service
 */
record Stages(Map<String, List<String>> byVersion) {
    private static final String CURRENT = "AWSCURRENT";
    private static final String PREVIOUS = "AWSPREVIOUS";
    private static final String PENDING = "AWSPENDING";

    Stages {
        byVersion = Map.copyOf(byVersion);
    }

    /**
     * A version that a rotation under way has made and not yet proved. A finished rotation may leave the stage on a version
     * that is current, or was.
     */
    static boolean pending(List<String> stages) {
        return stages.contains(PENDING) && !stages.contains(CURRENT) && !stages.contains(PREVIOUS);
    }

    /** The version that an address picks. */
    VersionAnswer answer(Address address) {
        return switch (address.pick()) {
            case Address.Pick.Current _ -> withStage(CURRENT, address);
            case Address.Pick.Stage(var stage) -> withStage(stage, address);
            case Address.Pick.Version(var id) ->
                pending(byVersion.getOrDefault(id, List.of()))
                        ? absent("version " + id + " of " + address.name() + " is still being rotated in")
                        : new VersionAnswer.Current(id);
        };
    }

    private VersionAnswer withStage(String stage, Address address) {
        for (var version : byVersion.entrySet()) {
            if (version.getValue().contains(stage) && !pending(version.getValue())) {
                return new VersionAnswer.Current(version.getKey());
            }
        }
        return absent(address.name() + " has no version " + stage);
    }

    private static VersionAnswer absent(String why) {
        return new VersionAnswer.Failed(new StoreFailure(Kind.NOT_FOUND, why));
    }
}
