package io.dso.agent.bundle;

import java.util.List;
import java.util.Map;

/**
 * How a container was set up, as far as it matters to a second one beside it that is set up in the same way.
 *
 * @param name without the leading slash
 * @param network the network mode: a network's name, {@code bridge}, {@code host}, {@code none}, {@code container:ID}
 * @param ports what it publishes on the host, as {@code 8080->80/tcp}
 * @param addresses addresses that it asked for, by network
 * @param mac a hardware address that it asked for; empty if none
 * @param hostname a host name that it asked for; empty if none
 * @param image its image: the reference that it was created with
 * @param sameImage whether that reference still names the image that it has
 * @param storage what is mounted in it
 * @param devices of the host
 * @param dependents names of containers that are joined to this very container
 * @param traits what else sets it apart
 */
public record Setup(
        String name,
        String network,
        List<String> ports,
        Map<String, String> addresses,
        String mac,
        String hostname,
        String image,
        boolean sameImage,
        List<Storage> storage,
        List<String> devices,
        List<String> dependents,
        List<Trait> traits) {

    public Setup {
        ports = List.copyOf(ports);
        addresses = Map.copyOf(addresses);
        storage = List.copyOf(storage);
        devices = List.copyOf(devices);
        dependents = List.copyOf(dependents);
        traits = List.copyOf(traits);
    }

    /**
     * A place where something is mounted.
     *
     * @param place the directory or file in the container
     * @param source the volume's name or the host's path; empty if there is no telling
     * @param kind what it is
     * @param writable whether the container may write there
     */
    public record Storage(String place, String source, Kind kind, boolean writable) {
        /** What is mounted. */
        public enum Kind {
            /** A volume of our driver. */
            OURS,
            /** A volume with a name that somebody chose. */
            NAMED,
            /** A volume that the engine named. */
            ANONYMOUS,
            /** A path of the host. */
            BIND,
            /** RAM, an image or another thing that each container has for itself, or can't change. */
            PRIVATE
        }
    }

    /** What sets a container apart. */
    public enum Trait {
        /** The engine removes it when it stops ({@code --rm}). */
        REMOVED_WHEN_STOPPED,
        /** It is joined to others by the old {@code --link}. */
        LINKED,
        /** Swarm made it, and replaces it itself. */
        SWARM
    }
}
