{{/* The labels of one component: takes a list of the root and the component's name. */}}
{{- define "assessor.selector" -}}
app.kubernetes.io/name: assessor
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "assessor.labels" -}}
{{ include "assessor.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
{{- end }}

{{- define "assessor.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* What every process of the service has in its environment. */}}
{{- define "assessor.environment" -}}
- {name: ASSESSOR_ENVIRONMENT, value: production}
- {name: ASSESSOR_PUBLIC_URL, value: {{ .Values.publicUrl | quote }}}
- {name: ASSESSOR_DATABASE_URL_FILE, value: /secrets/database-url}
- {name: ASSESSOR_MASTER_KEY_FILE, value: /secrets/master-key}
- {name: ASSESSOR_SIGNING_KEY_FILE, value: /secrets/signing-key}
- {name: ASSESSOR_METRICS_HOST, value: "0.0.0.0"}
- {name: ASSESSOR_METRICS_PORT, value: "9090"}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- range .Values.secretSettings }}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end }}
{{- end }}

{{- define "assessor.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "assessor.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "assessor.mounts" -}}
- {name: data, mountPath: /data}
- {name: temporary, mountPath: /tmp}
- {name: secrets, mountPath: /secrets, readOnly: true}
{{- end }}

{{/* Volumes; takes a list of the root and the source of the data folder, as YAML. */}}
{{- define "assessor.volumes" -}}
{{- $root := index . 0 -}}
- name: data
  {{- index . 1 | nindent 2 }}
- {name: temporary, emptyDir: {}}
- name: secrets
  secret: {secretName: {{ $root.Values.secretName }}, defaultMode: 0440}
{{- end }}

{{- define "assessor.claim" -}}
persistentVolumeClaim: {claimName: {{ .Values.ledger.existingClaim | default (printf "%s-ledger" .Release.Name) }}}
{{- end }}

{{/* Where pods go, and what they are pulled with. */}}
{{- define "assessor.placement" -}}
automountServiceAccountToken: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
