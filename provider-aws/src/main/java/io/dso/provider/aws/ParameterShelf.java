package io.dso.provider.aws;

import io.dso.provider.sdk.Abreast;
import io.dso.provider.sdk.JsonMember;
import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Parameter Store at one place. Fifty parameters cost one call: that is the service's largest page. A version is the
 * parameter's number and when it was written, because the numbers of a parameter that was deleted and made again begin at 1
 * again.
 */
final class ParameterShelf implements Shelf {
    private static final String SERVICE = "Parameter Store";

    private final SsmClient client;
    private final Calls calls;
    private final ParameterList list;
    private final ParameterTree trees;

    ParameterShelf(SsmClient client, Pace pace) {
        this.client = client;
        this.calls = new Calls(SERVICE, pace);
        this.list = new ParameterList(client, calls);
        this.trees = new ParameterTree(client, calls, list);
    }

    @Override
    public Map<Address, VersionAnswer> versions(Collection<Address> addresses) throws InterruptedException {
        Map<Address, VersionAnswer> answers = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>();
        List<Address> ofTrees = new ArrayList<>();
        for (var address : addresses) {
            if (address.kind() == Address.Kind.TREE) {
                ofTrees.add(address);
            } else {
                names.add(address.name());
            }
        }
        answers.putAll(Abreast.ask(ofTrees, trees::version));
        var looked = new HashMap<String, ParameterList.Look>();
        if (!names.isEmpty()) {
            looked.putAll(list.find(names));
        }
        for (var address : addresses) {
            if (address.kind() == Address.Kind.PARAMETER) {
                answers.put(
                        address,
                        switch (looked.get(address.name())) {
                            case ParameterList.Look.Seen(var written) -> written.answer(address);
                            case ParameterList.Look.Unseen(var why) -> new VersionAnswer.Failed(why);
                            case null -> throw new IllegalStateException("a parameter was not looked at");
                        });
            }
        }
        return answers;
    }

    @Override
    public byte[] fetch(Address address, SecretName name, String version) throws StoreException, InterruptedException {
        if (address.kind() == Address.Kind.TREE) {
            return trees.fetch(address, name, version);
        }
        byte[] value = read(address, version);
        try {
            return JsonMember.of(value, name);
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    /**
     * Reads a version by its number, then makes sure that it is the parameter's that was meant: by its time, or, should that
     * be told differently here, by the current version's whole name.
     */
    private byte[] read(Address address, String version) throws StoreException, InterruptedException {
        var wanted = Written.parse(version);
        var what = "version " + version + " of " + address.name();
        if (wanted.number().isEmpty()) {
            throw StoreException.notFound(SERVICE + " has no " + what);
        }
        var parameter = calls.ask(
                        what,
                        () -> client.getParameter(ask ->
                                ask.name(address.name() + ":" + wanted.number()).withDecryption(true)))
                .parameter();
        boolean meant = wanted.pinned()
                || Written.of(parameter.version(), parameter.lastModifiedDate()).equals(wanted)
                || list.find(Set.of(address.name())).get(address.name()) instanceof ParameterList.Look.Seen(var current)
                        && current.equals(wanted);
        if (!meant) {
            throw StoreException.notFound(what + " is gone: the parameter was made again");
        }
        // The SDK makes text of it; that can't be wiped and is garbage from here on.
        return parameter.value().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void check() throws StoreException, InterruptedException {
        var look = list.find(Set.of("/dso/check")).get("/dso/check");
        if (look instanceof ParameterList.Look.Unseen(var why)) {
            Shelf.proveAnswered(new StoreException(why));
        }
    }

    /** For failures. */
    static StoreFailure absent(String name) {
        return new StoreFailure(StoreFailure.Kind.NOT_FOUND, SERVICE + " has no parameter " + name);
    }
}
