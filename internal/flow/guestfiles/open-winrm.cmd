@echo off
rem The last first-logon command: opens WinRM for the build. Until it is through, nothing answers on port 5985, so that
rem nobody connects half-way through Setup. The firewall opens last. The seal takes all of it back.
setlocal
set log=%SystemRoot%\Temp\guestprep-open-winrm.log
set tries=0

:again
set /a tries+=1 >nul
echo try %tries% >>"%log%"
rem Remote logons of local administrators get their full rights.
reg add HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System /v LocalAccountTokenFilterPolicy /t REG_DWORD /d 1 /f >>"%log%" 2>&1 || goto wait
sc config winrm start= auto >>"%log%" 2>&1 || goto wait
rem It may run already. If it does not, the next command says so.
net start winrm >>"%log%" 2>&1
call winrm set winrm/config/service @{AllowUnencrypted="true"} >>"%log%" 2>&1 || goto wait
call winrm set winrm/config/service/auth @{Basic="true"} >>"%log%" 2>&1 || goto wait
rem The default of 150 MB is too little for installers.
call winrm set winrm/config/winrs @{MaxMemoryPerShellMB="1024"} >>"%log%" 2>&1 || goto wait
rem There is a listener if an earlier try got this far.
call winrm delete winrm/config/listener?Address=*+Transport=HTTP >nul 2>&1
call winrm create winrm/config/listener?Address=*+Transport=HTTP >>"%log%" 2>&1 || goto wait
netsh advfirewall firewall add rule name="guestprep WinRM" dir=in action=allow protocol=TCP localport=5985 profile=any >>"%log%" 2>&1 || goto wait
exit /b 0

:wait
rem The network may not have come up yet. timeout.exe wants a console, so ping waits.
if %tries% geq 30 exit /b 1
ping -n 11 127.0.0.1 >nul
goto again
