package io.dso.agent.decide;

import io.dso.agent.bundle.Setup;
import io.dso.agent.bundle.Setup.Storage;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a second container beside the first can take its place: all reasons why it can't, and all why that isn't certain.
 * Rolling is refused for the former alone; {@code auto} asks that there is neither.
 *
 * @param impossible reasons why it can't work
 * @param unproven reasons why it may go wrong, which only who knows the application can judge
 */
public record Preflight(List<String> impossible, List<String> unproven) {

    public Preflight {
        impossible = List.copyOf(impossible);
        unproven = List.copyOf(unproven);
    }

    /** Looks at a container as it was set up. */
    public static Preflight of(Setup setup) {
        return new Preflight(impossible(setup), unproven(setup));
    }

    /** Nothing speaks against it. */
    public boolean proves() {
        return impossible.isEmpty() && unproven.isEmpty();
    }

    /** It is worth a try, if the user wants it. */
    public boolean allows() {
        return impossible.isEmpty();
    }

    /** All reasons in one sentence; empty if there are none. */
    public String why() {
        var all = new ArrayList<>(impossible);
        all.addAll(unproven);
        return String.join("; ", all);
    }

    private static List<String> impossible(Setup setup) {
        var reasons = new ArrayList<String>();
        if (setup.network().equals("host")) {
            reasons.add("it is in the host's network");
        } else if (setup.network().startsWith("container:")) {
            reasons.add("it is in another container's network");
        }
        setup.ports().forEach(port -> reasons.add("it publishes port " + port));
        setup.addresses()
                .forEach((network, address) ->
                        reasons.add("it has the fixed address %s in network %s".formatted(address, network)));
        if (!setup.mac().isEmpty()) {
            reasons.add("it has the fixed hardware address " + setup.mac());
        }
        if (!setup.sameImage()) {
            reasons.add("%s is another image now, or gone".formatted(setup.image()));
        }
        setup.dependents().forEach(other -> reasons.add("container %s is joined to it".formatted(other)));
        for (var place : setup.storage()) {
            if (place.kind() == Storage.Kind.ANONYMOUS && place.source().isEmpty()) {
                reasons.add("its volume at %s has no name to carry it by".formatted(place.place()));
            }
        }
        for (var trait : setup.traits()) {
            reasons.add(
                    switch (trait) {
                        case REMOVED_WHEN_STOPPED -> "it is removed when it stops (--rm)";
                        case LINKED -> "it is joined to others by --link";
                        case SWARM -> "it belongs to a Swarm service";
                    });
        }
        return reasons;
    }

    private static List<String> unproven(Setup setup) {
        var reasons = new ArrayList<String>();
        for (var place : setup.storage()) {
            boolean shared = switch (place.kind()) {
                case NAMED, ANONYMOUS, BIND -> place.writable();
                case OURS, PRIVATE -> false;
            };
            if (shared) {
                reasons.add("two at once would write to %s".formatted(place.place()));
            }
        }
        if (!setup.hostname().isEmpty()) {
            reasons.add("two at once would be host %s".formatted(setup.hostname()));
        }
        setup.devices().forEach(device -> reasons.add("two at once would use device " + device));
        return reasons;
    }
}
