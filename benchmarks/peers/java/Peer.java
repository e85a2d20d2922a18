import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers one line of JSON for each line of JSON; what an engine does is in the subclass. */
abstract class Peer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final List<String> instances = new ArrayList<>();
    private List<String> tasks = new ArrayList<>();

    abstract String name();

    abstract void deploy(String key, String xml);

    abstract String start(String key);

    /** The task that is open in the instance. */
    abstract String task(String instance);

    abstract void complete(String task, Map<String, Object> variables);

    void serve() throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        out.println(JSON.createObjectNode().put("name", name()));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                JsonNode asked = JSON.readTree(line);
                switch (asked.get("do").asText()) {
                    case "deploy" -> deploy(asked.get("key").asText(), asked.get("xml").asText());
                    case "start" -> startAll(asked.get("key").asText(), asked.get("instances").asInt());
                    case "find" -> findAll();
                    case "complete" -> completeAll(asked, answer);
                    default -> answer.put("error", "unknown request");
                }
            } catch (Exception problem) {
                answer.put("error", problem.toString());
            }
            out.println(answer);
        }
    }

    private void startAll(String key, int number) {
        instances.clear();
        for (int i = 0; i < number; i++) {
            instances.add(start(key));
        }
    }

    private void findAll() {
        tasks = new ArrayList<>();
        for (String instance : instances) {
            tasks.add(task(instance));
        }
    }

    @SuppressWarnings("unchecked")
    private void completeAll(JsonNode asked, ObjectNode answer) {
        Map<String, Object> variables = JSON.convertValue(asked.get("variables"), Map.class);
        ArrayNode latencies = answer.putArray("latencies");
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        for (JsonNode number : asked.get("order")) {
            long begun = System.nanoTime();
            complete(tasks.get(number.asInt()), variables);
            latencies.add((System.nanoTime() - begun) / 1e9);
        }
        answer.put("cpu", (system.getProcessCpuTime() - before) / 1e9);
    }
}
