/**
 * The messages of Kubernetes' protobuf form that kubectl's typed commands send: per field `name=number:type`, where the
 * type is `text` (the default), `int`, `bool`, `bytes`, `time`, `quantity`, `intOrText`, another message, a list of one
 * (`[x]`) or a map of texts to one (`{x}`). A number that may be set to 0 is `int?`, a switch that may be off `bool?`.
 * What is `-` belongs to the server and is passed over. Numbers: the generated.proto files of
 * https://github.com/kubernetes/api.
 */
export const MESSAGES: Record<string, string> = {
  ObjectMeta:
    'name=1 generateName=2 namespace=3 selfLink=4:- uid=5 resourceVersion=6 generation=7:- creationTimestamp=8:- ' +
    'deletionTimestamp=9:- deletionGracePeriodSeconds=10:- labels=11:{text} annotations=12:{text} ' +
    'ownerReferences=13:[OwnerReference] finalizers=14:[text] managedFields=17:-',
  OwnerReference: 'kind=1 name=3 uid=4 apiVersion=5 controller=6:bool? blockOwnerDeletion=7:bool?',
  LabelSelector: 'matchLabels=1:{text} matchExpressions=2:[Requirement]',
  Requirement: 'key=1 operator=2 values=3:[text]',

  PodTemplateSpec: 'metadata=1:ObjectMeta spec=2:PodSpec',
  PodSpec:
    'containers=2:[Container] restartPolicy=3 terminationGracePeriodSeconds=4:int? activeDeadlineSeconds=5:int? ' +
    'dnsPolicy=6 nodeSelector=7:{text} serviceAccountName=8 serviceAccount=9 nodeName=10 hostNetwork=11:bool ' +
    'hostPID=12:bool hostIPC=13:bool securityContext=14:Empty hostname=16 subdomain=17 schedulerName=19 ' +
    'initContainers=20:[Container]',
  Empty: '',
  Container:
    'name=1 image=2 command=3:[text] args=4:[text] workingDir=5 ports=6:[ContainerPort] env=7:[EnvVar] ' +
    'resources=8:Resources terminationMessagePath=13 imagePullPolicy=14 stdin=16:bool stdinOnce=17:bool tty=18:bool ' +
    'envFrom=19:[EnvFrom] terminationMessagePolicy=20',
  ContainerPort: 'name=1 hostPort=2:int containerPort=3:int protocol=4 hostIP=5',
  EnvVar: 'name=1 value=2 valueFrom=3:EnvSource',
  EnvSource: 'fieldRef=1:FieldRef configMapKeyRef=3:KeyRef secretKeyRef=4:KeyRef',
  FieldRef: 'apiVersion=1 fieldPath=2',
  KeyRef: 'localObjectReference=1:^Reference key=2 optional=3:bool?',
  EnvFrom: 'prefix=1 configMapRef=2:NamedSource secretRef=3:NamedSource',
  NamedSource: 'localObjectReference=1:^Reference optional=2:bool?',
  Reference: 'name=1',
  Resources: 'limits=1:{quantity} requests=2:{quantity}',

  'apps/v1/Deployment': 'metadata=1:ObjectMeta spec=2:DeploymentSpec status=3:-',
  DeploymentSpec:
    'replicas=1:int? selector=2:LabelSelector template=3:PodTemplateSpec strategy=4:Strategy minReadySeconds=5:int ' +
    'revisionHistoryLimit=6:int? paused=7:bool progressDeadlineSeconds=9:int?',
  Strategy: 'type=1 rollingUpdate=2:RollingUpdate',
  RollingUpdate: 'maxUnavailable=1:intOrText maxSurge=2:intOrText',

  'batch/v1/Job': 'metadata=1:ObjectMeta spec=2:JobSpec status=3:-',
  JobSpec:
    'parallelism=1:int? completions=2:int? activeDeadlineSeconds=3:int? selector=4:LabelSelector ' +
    'manualSelector=5:bool? template=6:PodTemplateSpec backoffLimit=7:int? ttlSecondsAfterFinished=8:int? ' +
    'completionMode=9 suspend=10:bool? podReplacementPolicy=14',
  'batch/v1/CronJob': 'metadata=1:ObjectMeta spec=2:CronJobSpec status=3:-',
  CronJobSpec:
    'schedule=1 startingDeadlineSeconds=2:int? concurrencyPolicy=3 suspend=4:bool? jobTemplate=5:JobTemplate ' +
    'successfulJobsHistoryLimit=6:int? failedJobsHistoryLimit=7:int? timeZone=8',
  JobTemplate: 'metadata=1:ObjectMeta spec=2:JobSpec',

  'v1/ConfigMap': 'metadata=1:ObjectMeta data=2:{text} binaryData=3:{bytes} immutable=4:bool?',
  'v1/Secret': 'metadata=1:ObjectMeta data=2:{bytes} type=3 stringData=4:{text} immutable=5:bool?',
  'v1/Namespace': 'metadata=1:ObjectMeta spec=2:- status=3:-',
  'v1/ServiceAccount':
    'metadata=1:ObjectMeta imagePullSecrets=3:[Reference] automountServiceAccountToken=4:bool?',
  'v1/Service': 'metadata=1:ObjectMeta spec=2:ServiceSpec status=3:-',
  ServiceSpec:
    'ports=1:[ServicePort] selector=2:{text} clusterIP=3 type=4 externalIPs=5:[text] sessionAffinity=7 ' +
    'loadBalancerIP=8 loadBalancerSourceRanges=9:[text] externalName=10 externalTrafficPolicy=11 ' +
    'healthCheckNodePort=12:int publishNotReadyAddresses=13:bool',
  ServicePort: 'name=1 protocol=2 port=3:int targetPort=4:intOrText nodePort=5:int appProtocol=6',
  'v1/ResourceQuota': 'metadata=1:ObjectMeta spec=2:QuotaSpec status=3:-',
  QuotaSpec: 'hard=1:{quantity} scopes=2:[text]',

  'rbac.authorization.k8s.io/v1/Role': 'metadata=1:ObjectMeta rules=2:[PolicyRule]',
  'rbac.authorization.k8s.io/v1/ClusterRole': 'metadata=1:ObjectMeta rules=2:[PolicyRule]',
  PolicyRule:
    'verbs=1:[text] apiGroups=2:[text] resources=3:[text] resourceNames=4:[text] nonResourceURLs=5:[text]',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'metadata=1:ObjectMeta subjects=2:[Subject] roleRef=3:RoleRef',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding':
    'metadata=1:ObjectMeta subjects=2:[Subject] roleRef=3:RoleRef',
  Subject: 'kind=1 apiGroup=2 name=3 namespace=4',
  RoleRef: 'apiGroup=1 kind=2 name=3',

  'policy/v1/PodDisruptionBudget': 'metadata=1:ObjectMeta spec=2:BudgetSpec status=3:-',
  BudgetSpec:
    'minAvailable=1:intOrText selector=2:LabelSelector maxUnavailable=3:intOrText unhealthyPodEvictionPolicy=4',
  'policy/v1/Eviction': 'metadata=1:ObjectMeta deleteOptions=2:DeleteOptions',
  DeleteOptions:
    'gracePeriodSeconds=1:int? preconditions=2:Preconditions propagationPolicy=4 dryRun=5:[text]',
  Preconditions: 'uid=1 resourceVersion=2',

  'autoscaling/v1/HorizontalPodAutoscaler': 'metadata=1:ObjectMeta spec=2:AutoscalerV1 status=3:-',
  AutoscalerV1:
    'scaleTargetRef=1:ScaleTarget minReplicas=2:int? maxReplicas=3:int targetCPUUtilizationPercentage=4:int?',
  ScaleTarget: 'kind=1 name=2 apiVersion=3',
  'autoscaling/v2/HorizontalPodAutoscaler': 'metadata=1:ObjectMeta spec=2:AutoscalerV2 status=3:-',
  AutoscalerV2: 'scaleTargetRef=1:ScaleTarget minReplicas=2:int? maxReplicas=3:int metrics=4:[Metric]',
  Metric: 'type=1 resource=4:ResourceMetric',
  ResourceMetric: 'name=1 target=2:MetricTarget',
  MetricTarget: 'type=1 value=2:quantity averageValue=3:quantity averageUtilization=4:int?',

  'networking.k8s.io/v1/Ingress': 'metadata=1:ObjectMeta spec=2:IngressSpec status=3:-',
  IngressSpec: 'defaultBackend=1:Backend tls=2:[IngressTls] rules=3:[IngressRule] ingressClassName=4',
  IngressTls: 'hosts=1:[text] secretName=2',
  IngressRule: 'host=1 ingressRuleValue=2:^IngressPaths',
  IngressPaths: 'http=1:HttpPaths',
  HttpPaths: 'paths=1:[HttpPath]',
  HttpPath: 'path=1 backend=2:Backend pathType=3',
  Backend: 'service=4:ServiceBackend',
  ServiceBackend: 'name=1 port=2:BackendPort',
  BackendPort: 'name=1 number=2:int',

  'scheduling.k8s.io/v1/PriorityClass':
    'metadata=1:ObjectMeta value=2:int globalDefault=3:bool description=4 preemptionPolicy=5',

  'authorization.k8s.io/v1/SelfSubjectAccessReview': 'metadata=1:- spec=2:AccessSpec status=3:-',
  AccessSpec: 'resourceAttributes=1:ResourceAttributes nonResourceAttributes=2:PathAttributes',
  ResourceAttributes: 'namespace=1 verb=2 group=3 version=4 resource=5 subresource=6 name=7',
  PathAttributes: 'path=1 verb=2',
  'authorization.k8s.io/v1/SelfSubjectRulesReview': 'metadata=1:- spec=2:RulesSpec status=3:-',
  RulesSpec: 'namespace=1',
  'authentication.k8s.io/v1/SelfSubjectReview': 'metadata=1:- status=2:-',
  'authentication.k8s.io/v1/TokenRequest': 'metadata=1:ObjectMeta spec=2:TokenSpec status=3:-',
  TokenSpec: 'audiences=1:[text] boundObjectRef=3:- expirationSeconds=4:int?',
};
