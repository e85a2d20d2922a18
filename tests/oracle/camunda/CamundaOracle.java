import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;

/** For each line {"xml", "process", "start"} begins an instance; {"do": element} goes on; answers what waits and was done. */
final class CamundaOracle {
    private record Wait(String element, Runnable happens) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private final RepositoryService repository;
    private final RuntimeService runtime;
    private final TaskService tasks;
    private final ManagementService management;
    private final HistoryService history;
    private String deployment;
    private String instance;

    private CamundaOracle(ProcessEngine engine) {
        repository = engine.getRepositoryService();
        runtime = engine.getRuntimeService();
        tasks = engine.getTaskService();
        management = engine.getManagementService();
        history = engine.getHistoryService();
    }

    public static void main(String[] arguments) throws Exception {
        StandaloneInMemProcessEngineConfiguration settings = new StandaloneInMemProcessEngineConfiguration();
        settings.setJdbcUrl("jdbc:h2:mem:oracle;DB_CLOSE_DELAY=-1");
        settings.setDatabaseSchemaUpdate("true");
        settings.setHistory("full");
        settings.setJobExecutorActivate(false);
        settings.setEnforceHistoryTimeToLive(false);
        new CamundaOracle(settings.buildProcessEngine()).serve();
    }

    private void serve() throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                JsonNode asked = JSON.readTree(line);
                if (asked.has("xml")) {
                    begin(asked);
                } else {
                    String element = asked.get("do").asText();
                    waits().stream().filter(wait -> wait.element().equals(element)).findFirst().orElseThrow().happens().run();
                }
                tell(answer);
            } catch (Throwable problem) {
                answer.put("error", String.valueOf(problem.getMessage()));
            }
            out.println(answer);
        }
    }

    private void begin(JsonNode asked) {
        if (deployment != null) {
            repository.deleteDeployment(deployment, true);
            deployment = null;
        }
        deployment = repository.createDeployment().addString("of_others.bpmn", asked.get("xml").asText()).deploy().getId();
        instance = runtime.createProcessInstanceByKey(asked.get("process").asText())
                .startBeforeActivity(asked.get("start").asText()).execute().getId();
    }

    private void tell(ObjectNode answer) {
        ArrayNode waiting = answer.putArray("waiting");
        waits().forEach(wait -> waiting.add(wait.element()));
        ArrayNode done = answer.putArray("done");
        for (HistoricActivityInstance run : history.createHistoricActivityInstanceQuery().processInstanceId(instance).list()) {
            if (!run.getActivityId().endsWith("#multiInstanceBody")) {
                String outcome = run.isCanceled() ? "cancelled" : run.getEndTime() == null ? "open" : "completed";
                done.addArray().add(run.getActivityId()).add(outcome);
            }
        }
    }

    private List<Wait> waits() {
        List<Wait> found = new ArrayList<>();
        for (Task task : tasks.createTaskQuery().processInstanceId(instance).list()) {
            found.add(new Wait(task.getTaskDefinitionKey(), () -> tasks.complete(task.getId())));
        }
        for (EventSubscription event : runtime.createEventSubscriptionQuery().processInstanceId(instance).list()) {
            String name = event.getEventName();
            String execution = event.getExecutionId();
            switch (event.getEventType()) {
                case "message" -> found.add(new Wait(event.getActivityId(), () -> runtime.messageEventReceived(name, execution)));
                case "signal" -> found.add(new Wait(event.getActivityId(), () -> runtime.signalEventReceived(name, execution)));
                default -> { } // compensation and conditions do not happen from outside
            }
        }
        for (Job job : management.createJobQuery().processInstanceId(instance).list()) {
            String element = management.createJobDefinitionQuery().jobDefinitionId(job.getJobDefinitionId()).singleResult().getActivityId();
            found.add(new Wait(element, () -> management.executeJob(job.getId())));
        }
        return found;
    }
}
