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
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

/**
 * Secrets Manager at one place.
 *
 * <p>Versions cost as few calls as can be, and are never older than what was answered before:
 * <ol>
 * <li>A few secrets are described one by one, which is always the newest.
 * <li>Of more, pages of the list are read, a hundred secrets a call. The list may be five minutes behind.
 * <li>So it is only a hint: where it differs from the last answer, the secret is described, and that counts.
 * <li>What a whole list doesn't have is described too, up to a bound: it may be new, or another account's.
 * </ol>
 */
final class SecretShelf implements Shelf {
    /** Up to so many secrets are described; the price is a call each. */
    static final int FEW = 10;

    private static final String SERVICE = "Secrets Manager";

    private final SecretsManagerClient client;
    private final Calls calls;
    private final SecretList list;

    /** What was answered last, by the name that was asked for. As large as what the agent asks for. */
    private final Map<String, Stages> known = new ConcurrentHashMap<>();

    SecretShelf(SecretsManagerClient client, Pace pace) {
        this.client = client;
        this.calls = new Calls(SERVICE, pace);
        this.list = new SecretList(client, calls);
    }

    /** What is known of one secret. */
    private sealed interface Look {
        record Seen(Stages stages) implements Look {}

        record Unseen(StoreFailure why) implements Look {}
    }

    @Override
    public Map<Address, VersionAnswer> versions(Collection<Address> addresses) throws InterruptedException {
        Map<String, List<Address>> byName = new LinkedHashMap<>();
        addresses.forEach(address -> byName.computeIfAbsent(address.name(), name -> new ArrayList<>())
                .add(address));
        Map<String, Look> looks = new HashMap<>();
        if (byName.size() > FEW) { // 2
            takeFromList(byName, looks);
        }
        var rest = new LinkedHashSet<>(byName.keySet());
        rest.removeAll(looks.keySet());
        looks.putAll(Abreast.ask(rest, this::describe)); // 1, 3, 4
        Map<Address, VersionAnswer> answers = new LinkedHashMap<>();
        for (var address : addresses) {
            answers.put(
                    address,
                    switch (looks.get(address.name())) {
                        case Look.Seen(var stages) -> stages.answer(address);
                        case Look.Unseen(var why) -> new VersionAnswer.Failed(why);
                        case null -> throw new IllegalStateException("a secret was not looked at");
                    });
        }
        return answers;
    }

    private void takeFromList(Map<String, List<Address>> byName, Map<String, Look> looks) throws InterruptedException {
        switch (list.find(byName.keySet())) {
            case SecretList.Outcome.Listed(var found, var absent) -> {
                believe(found, byName, looks);
                var why = new StoreFailure(StoreFailure.Kind.NOT_FOUND, "it is not in the list of secrets");
                absent.stream().skip(FEW).forEach(name -> looks.put(name, new Look.Unseen(why))); // 4
            }
            case SecretList.Outcome.Failed(var found, var why) -> {
                byName.keySet().forEach(name -> looks.put(name, new Look.Unseen(why)));
                looks.keySet().removeAll(found.keySet());
                believe(found, byName, looks);
            }
        }
    }

    /** 3: only where it says what is known, or nothing is. */
    private void believe(Map<String, Stages> found, Map<String, List<Address>> byName, Map<String, Look> looks) {
        found.forEach((name, stages) -> {
            var before = known.putIfAbsent(name, stages);
            if (before == null
                    || byName.getOrDefault(name, List.of()).stream()
                            .allMatch(address -> before.answer(address).equals(stages.answer(address)))) {
                looks.put(name, new Look.Seen(stages));
            }
        });
    }

    private Look describe(String name) throws InterruptedException {
        try {
            var answer = calls.ask("secret " + name, () -> client.describeSecret(ask -> ask.secretId(name)));
            if (answer.deletedDate() != null) {
                known.remove(name);
                return new Look.Unseen(new StoreFailure(StoreFailure.Kind.NOT_FOUND, name + " is marked for deletion"));
            }
            var stages = new Stages(answer.versionIdsToStages());
            known.put(name, stages);
            return new Look.Seen(stages);
        } catch (StoreException e) {
            return new Look.Unseen(e.failure());
        }
    }

    @Override
    public byte[] fetch(Address address, SecretName name, String version) throws StoreException, InterruptedException {
        var answer = calls.ask(
                "version " + version + " of " + address.name(),
                () -> client.getSecretValue(ask -> ask.secretId(address.name()).versionId(version)));
        if (Stages.pending(answer.versionStages())) {
            throw StoreException.notFound(
                    "version " + version + " of " + address.name() + " is still being rotated in");
        }
        byte[] value = bytes(answer);
        try {
            return JsonMember.of(value, name);
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    /** The SDK makes text of a text; that can't be wiped and is garbage from here on. */
    private static byte[] bytes(GetSecretValueResponse answer) {
        var text = answer.secretString();
        return text == null ? answer.secretBinary().asByteArrayUnsafe() : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void check() throws StoreException, InterruptedException {
        try {
            calls.ask("a secret that isn't there", () -> client.describeSecret(ask -> ask.secretId("dso/check")));
        } catch (StoreException e) {
            Shelf.proveAnswered(e);
        }
    }
}
