package io.dso.provider.sdk;

import java.net.URI;
import java.util.Set;

/** Which addresses are this machine's own, where nobody can listen on the way: its loopback and its metadata service. */
public final class ThisMachine {
    private static final Set<String> HOSTS = Set.of("127.0.0.1", "[::1]", "localhost", "169.254.169.254");

    private ThisMachine() {}

    /** @param address with a host */
    public static boolean has(URI address) {
        return HOSTS.contains(address.getHost());
    }
}
