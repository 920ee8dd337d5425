package io.dso.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dso.agent.bundle.Order;
import io.dso.agent.bundle.Order.Manner;
import io.dso.agent.bundle.Paused;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.bundle.Wishes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** How the journal writes what operators said, and what containers ask for. */
final class Said {
    private Said() {}

    static final Section.Codec<Paused> PAUSED = new Section.Codec<>() {
        @Override
        public String key(Paused paused) {
            return paused.bundle();
        }

        @Override
        public void write(Paused paused, ObjectNode to) {
            to.put("bundle", paused.bundle());
            to.put("since", paused.since().toString());
            to.put("by", paused.by());
        }

        @Override
        public Paused read(JsonNode from) {
            return new Paused(
                    from.path("bundle").asText(),
                    instant(from.path("since").asText()),
                    from.path("by").asText());
        }
    };

    static final Section.Codec<Order> ORDER = new Section.Codec<>() {
        @Override
        public String key(Order order) {
            return order.bundle();
        }

        @Override
        public void write(Order order, ObjectNode to) {
            to.put("bundle", order.bundle());
            to.put("by", order.by());
            Journal.version(order.to(), to.putObject("to"));
            if (order.manner() instanceof Manner.By(var strategy)) {
                to.put("strategy", strategy.name());
            }
        }

        @Override
        public Order read(JsonNode from) {
            Manner manner = from.has("strategy")
                    ? new Manner.By(Strategy.valueOf(from.path("strategy").asText()))
                    : new Manner.AsConfigured();
            return new Order(
                    from.path("bundle").asText(),
                    Journal.version(from.path("to")),
                    manner,
                    from.path("by").asText());
        }
    };

    static final Section.Codec<Wishes> WISHES = new Section.Codec<>() {
        @Override
        public String key(Wishes wishes) {
            return wishes.container();
        }

        @Override
        public void write(Wishes wishes, ObjectNode to) {
            to.put("container", wishes.container());
            var labels = to.putObject("labels");
            wishes.labels().forEach(labels::put);
        }

        @Override
        public Wishes read(JsonNode from) {
            Map<String, String> labels = new HashMap<>();
            from.path("labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            return new Wishes(from.path("container").asText(), labels);
        }
    };

    static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no time: " + text, e);
        }
    }
}
